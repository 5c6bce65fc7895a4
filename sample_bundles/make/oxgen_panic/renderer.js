// Stands for the desktop shell's renderer: an asynchronous click handler that meets a finding without evidence.
class FindingPanel {
  constructor(findings) {
    this.findings = findings;
  }

  renderRow(finding) {
    return finding.evidence.requests.map((request) => request.url).join(", ");
  }

  render(ids) {
    return ids.map((id) => this.renderRow(this.findings.get(id)));
  }
}

const loadFindings = async () => {
  await null;
  return new Map([["f-1", { evidence: { requests: [] } }], ["f-2", { evidence: null }]]);
};

async function onOpenReport(ids) {
  const findings = await loadFindings();
  const panel = new FindingPanel(findings);
  return panel.render(ids);
}

(async function bootstrap() {
  try {
    await onOpenReport(["f-1", "f-2"]);
  } catch (error) {
    report(error);
  }
})();
