"""Reports of the Linux kernel: the texts here are made by hand in the forms that kernels print, the corpus is real."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import triage
from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.kernel_frames import frame, plain
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

KASAN = """\
[   45.123456][ T5066] usb 1-1: new high-speed USB device
[   46.000001][ T5066] ==================================================================
[   46.000002][ T5066] BUG: KASAN: slab-use-after-free in foo_release+0x5a2/0x600 drivers/foo/foo.c:321
[   46.000003][ T5066] Write of size 8 at addr ffff88801d1b4c08 by task syz-executor.0/5066
[   46.000003][   C1] clocksource: jumped
[   46.000004][ T5066]
[   46.000005][ T5066] CPU: 1 PID: 5066 Comm: syz-executor.0 Not tainted 6.7.0-rc1-syzkaller #0
[   46.000006][ T5066] Hardware name: Google Compute Engine, BIOS Google 10/26/2023
[   46.000007][ T5066] Call Trace:
[   46.000008][ T5066]  <TASK>
[   46.000009][ T5066]  __dump_stack lib/dump_stack.c:88 [inline]
[   46.000010][ T5066]  dump_stack_lvl+0x1e7/0x2d0 lib/dump_stack.c:106
[   46.000012][ T5066]  foo_release+0x5a2/0x600 drivers/foo/foo.c:321
[   46.000013][ T5066]  ? __pfx_foo_release+0x10/0x10 drivers/foo/foo.c:300
[   46.000015][ T5066]  entry_SYSCALL_64_after_hwframe+0x63/0xcd
[   46.000016][ T5066] RIP: 0033:0x7f2c8b67cae9
[   46.000017][ T5066] Code: 28 00 00 00 75 05 48 83 c4 28 c3 e8
[   46.000018][ T5066] RSP: 002b:00007f2c8c3ff0c8 EFLAGS: 00000246 ORIG_RAX: 0000000000000003
[   46.000020][ T5066]  </TASK>
[   46.000021][ T5066]
[   46.000022][ T5066] Allocated by task 5065:
[   46.000023][ T5066]  kasan_save_stack mm/kasan/common.c:45 [inline]
[   46.000024][ T5066]  kasan_set_track+0x4f/0x70 mm/kasan/common.c:52
[   46.000025][ T5066]  foo_open+0x42/0x90 drivers/foo/foo.c:100
[   46.000026][ T5066]
[   46.000027][ T5066] Freed by task 5064:
[   46.000029][ T5066]  foo_free+0x42/0x90 drivers/foo/foo.c:120
[   46.000030][ T5066]
[   46.000031][ T5066] The buggy address belongs to the object at ffff88801d1b4c00
[   46.000032][ T5066]  which belongs to the cache kmalloc-64 of size 64
[   46.000048][ T5066] Memory state around the buggy address:
[   46.000049][ T5066]  ffff88801d1b4b00: fb fb fb fb fb fb fb fb fc fc fc fc fc fc fc fc
[   46.000050][ T5066] >ffff88801d1b4c00: fa fb fb fb fb fb fb fb fc fc fc fc fc fc fc fc
[   46.000051][ T5066]                       ^
[   46.000053][ T5066] ==================================================================
[   46.000060][ T5066] Kernel panic - not syncing: KASAN: panic_on_warn set ...
[   46.000061][ T5066] CPU: 1 PID: 5066 Comm: syz-executor.0 Not tainted 6.7.0-rc1-syzkaller #0
[   46.000062][ T5066] Call Trace:
[   46.000064][ T5066]  panic+0x349/0x850 kernel/panic.c:344
[   46.000066][ T5066] Kernel Offset: disabled
[   99.000000][    T1] systemd[1]: fine
""".splitlines()

OOPS = """\
Nov 25 10:00:01 host kernel: [ 1235.000000] usb 1-1: reset
Nov 25 10:00:02 host kernel: [ 1236.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008
Nov 25 10:00:02 host kernel: [ 1236.000001] #PF: supervisor write access in kernel mode
Nov 25 10:00:02 host kernel: [ 1236.000002] #PF: error_code(0x0002) - not-present page
Nov 25 10:00:02 host kernel: [ 1236.000003] PGD 0 P4D 0
Nov 25 10:00:02 host systemd[1]: Started something.
Nov 25 10:00:02 host kernel: [ 1236.000004] Oops: 0002 [#1] PREEMPT SMP NOPTI
Nov 25 10:00:02 host kernel: [ 1236.000005] CPU: 0 PID: 77 Comm: foo bar Tainted: P        W  O   5.15.0-91-generic #1
Nov 25 10:00:02 host kernel: [ 1236.000006] RIP: 0010:list_del+0x12/0x20 [nvidia]
Nov 25 10:00:02 host kernel: [ 1236.000007] RSP: 0018:ffffb1c5c0a0bc18 EFLAGS: 00010286
Nov 25 10:00:02 host kernel: [ 1236.000008] RAX: 0000000000000000 RBX: ffff9b0000000000 RCX: 0000000000000027
Nov 25 10:00:02 host kernel: [ 1236.000009] Call Trace:
Nov 25 10:00:02 host kernel: [ 1236.000010]  drv_remove+0x12/0x30 [nvidia]
Nov 25 10:00:02 host kernel: [ 1236.000012] Modules linked in: nvidia(PO) xt_conntrack [last unloaded: old]
Nov 25 10:00:02 host kernel: [ 1236.000013] CR2: 0000000000000008
Nov 25 10:00:02 host kernel: [ 1236.000014] ---[ end trace 1234567890abcdef ]---
Nov 25 10:00:02 host kernel: [ 1236.000015] RIP: 0010:list_del+0x12/0x20 [nvidia]
Nov 25 10:00:02 host kernel: [ 1236.000016] Code: 48 8b
Nov 25 10:00:03 host kernel: [ 1237.000018] eth0: link up
""".splitlines()

ARM64 = """\
Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010
Mem abort info:
  ESR = 0x0000000096000046
Data abort info:
  CM = 0, WnR = 1
[0000000000000010] pgd=0800000108d3d003, p4d=0800000108d3d003
Internal error: Oops: 0000000096000046 [#1] PREEMPT SMP
Modules linked in: wlan(O)
CPU: 5 PID: 812 Comm: binder:812_2 Tainted: G S      W  O       5.10.43-android12 #1
Hardware name: Qualcomm Technologies, Inc. (DT)
pstate: 60400005 (nZCv daif +PAN -UAO -TCO BTYPE=--)
pc : wlan_foo+0x4c/0x120 [wlan]
lr : wlan_bar+0x88/0x90 [wlan]
sp : ffffffc01a2a3b40
x29: ffffffc01a2a3b40 x28: ffffff8012345678
Call trace:
 wlan_foo+0x4c/0x120 [wlan]
 wlan_bar+0x88/0x90 [wlan]
 el0_svc+0x20/0x30
Code: f9400a68 b4000128 (b9001109)
---[ end trace 5f5d9c8f ]---
""".splitlines()

OLD_X86 = """\
BUG: unable to handle kernel paging request at dead0000
IP: [<c1234567>] bad_fn+0x12/0x34 [mymod]
*pde = 00000000
Oops: 0002 [#1] SMP
last sysfs file: /sys/foo
Pid: 1234, comm: insmod Tainted: P           2.6.32-5-686 #1 VirtualBox
EIP: 0060:[<c1234567>] EFLAGS: 00010246 CPU: 0
EIP is at bad_fn+0x12/0x34 [mymod]
EAX: 00000000 EBX: f6d5a000 ECX: 00000000 EDX: 00000000
Stack:
 00000000 f8a10000
Call Trace:
 [<c1001130>] ? do_one_initcall+0x30/0x1a0
 [<c10a0f4c>] sys_init_module+0xbc/0x230
Code: 55 89 e5
EIP: [<c1234567>] bad_fn+0x12/0x34 [mymod] SS:ESP 0068:f6d5bf8c
---[ end trace 4eaa2a86a8e2da22 ]---
""".splitlines()

WARNING = """\
------------[ cut here ]------------
refcount_t: underflow; use-after-free.
WARNING: CPU: 3 PID: 1411 at lib/refcount.c:28 refcount_warn_saturate+0xd8/0xe0
CPU: 3 UID: 0 PID: 1411 Comm: nfsd Kdump: loaded Tainted: G           OE      6.11.0-rc2 #3 PREEMPT(full)
RIP: 0010:refcount_warn_saturate+0xd8/0xe0
Call Trace:
 <TASK>
 ? __warn+0x81/0x130
 nfsd_put+0x12/0x30 [nfsd]
 </TASK>
---[ end trace 0000000000000000 ]---
""".splitlines()

RACE = """\
BUG: KCSAN: data-race in __d_add / lockref_get_not_dead

write to 0xffff888131f6c5e8 of 8 bytes by task 6001 on cpu 1:
 __d_add+0x12/0x30 fs/dcache.c:2600

read to 0xffff888131f6c5e8 of 4 bytes by task 6002 on cpu 0:
 lockref_get_not_dead+0x22/0x90 lib/lockref.c:150

value changed: 0x0000000000000000 -> 0x0000000000000001

Reported by Kernel Concurrency Sanitizer on:
CPU: 0 PID: 6002 Comm: syz Not tainted 6.7.0 #0
==================================================================
""".splitlines()

HUNG = """\
INFO: task kworker/u4:3:46 blocked for more than 143 seconds.
      Not tainted 6.7.0 #0
"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
task:kworker/u4:3    state:D stack:25552 pid:46    ppid:2      flags:0x00004000
Workqueue: netns cleanup_net
Call Trace:
 <TASK>
 context_switch kernel/sched/core.c:5376 [inline]
 __schedule+0x1961/0x4ab0 kernel/sched/core.c:6688
 </TASK>

Showing all locks held in the system:
1 lock held by khungtaskd/29:
 #0: ffffffff8d92cfe0 (rcu_read_lock){....}-{1:2}, at: debug_show_all_locks+0x55/0x2a0 kernel/locking/lockdep.c:6614

=============================================

NMI backtrace for cpu 1
CPU: 1 PID: 5 Comm: kworker/0:0 Not tainted 6.7.0 #0
RIP: 0010:spin+0x1/0x2
Call Trace:
 caller_of_spin+0x3/0x4
""".splitlines()

ARM = """\
Unable to handle kernel NULL pointer dereference at virtual address 00000004
pgd = c0004000
[00000004] *pgd=00000000
Internal error: Oops: 805 [#1] PREEMPT SMP ARM
CPU: 0    Tainted: G        W     (3.4.0-g51f2ffd #1)
PC is at process_one_work+0xf4/0x400
LR is at process_one_work+0xf4/0x400
pc : [<c0090864>]    lr : [<c0090864>]    psr: 60000093
sp : e7c97f70  ip : b274b275  fp : c053597c
Process kworker/0:2 (pid: 116, stack limit = 0xe7c962f0)
Stack: (0xe7c97f70 to 0xe7c98000)
7f60:                                     e7c563c0 00000000 00000000 e7c563c0
[<c0090864>] (process_one_work+0xf4/0x400) from [<c00911c4>] (worker_thread+0x1a0/0x3f8)
[<c00911c4>] (worker_thread+0x1a0/0x3f8) from [<c0095e60>] (kthread+0x84/0x8c)
Code: e1520003 e2420004 0a000007 ebfffac9 (e5903004)
---[ end trace 16e5d5c10f702f8b ]---
""".splitlines()

PROSE = """\
We saw a Kernel panic - not syncing: VFS once, and BUG: KASAN: something in a mail.
BUG: KASAN: slab-out-of-bounds in foo_release
BUG: this is a bug of the application
WARNING: at least one of these
INFO: task finished
Oops: something went wrong
WARNING: CPU: high load
Call Trace:
    at foo.bar(Baz.java:12)
Internal error: the server could not answer [#1]
BUG: Bad page state in the pager of the report
""".splitlines()


def kernel(lines: list[str]) -> list[Found]:
    return list(scan(enumerate(lines), only="kernel"))


def functions(found: Found, stack: int = 0) -> list[str | None]:
    return [row.function for row in found.report.traces[stack].frames]


def test_kasan_with_all_its_stacks_among_other_lines_of_the_log():
    (found,) = kernel(KASAN)
    report = found.report
    assert (found.first, found.last) == (2, len(KASAN) - 1)
    assert (report.kind, report.error_type) == ("crash", "slab-use-after-free")
    assert (report.access, report.access_size, report.fault_address) == ("WRITE", 8, 0xFFFF88801D1B4C08)
    assert (report.process, report.process_id, report.release) == ("syz-executor.0", 5066, "6.7.0-rc1-syzkaller")
    assert [(trace.role, trace.thread_id) for trace in report.traces] == [
        ("crash", 5066),
        ("alloc", 5065),
        ("free", 5064),
        ("signal", 5066),
    ]
    assert [
        (row.function, row.line, row.inline_depth, row.trust, row.text_line) for row in report.traces[0].frames
    ] == [
        ("__dump_stack", 88, 1, "text", 11),
        ("dump_stack_lvl", 106, 0, "text", 12),
        ("foo_release", 321, 0, "text", 13),
        ("__pfx_foo_release", 300, 0, "unreliable", 14),
        ("entry_SYSCALL_64_after_hwframe", None, 0, "text", 15),
    ]
    assert functions(found, 1) == ["kasan_save_stack", "kasan_set_track", "foo_open"]


def test_an_oops_in_syslog_takes_its_lines_only():
    (found,) = kernel(OOPS)
    report = found.report
    assert (found.first, found.last) == (2, len(OOPS) - 1)
    assert (report.error_type, report.access, report.fault_address) == ("kernel NULL pointer dereference", "WRITE", 8)
    assert (report.process, report.process_id, report.release) == ("foo bar", 77, "5.15.0-91-generic")
    assert [(row.function, row.symbol_offset, row.module, row.trust) for row in report.traces[0].frames] == [
        ("list_del", 0x12, "nvidia", "context"),
        ("drv_remove", 0x12, "nvidia", "text"),
    ]
    assert json.loads(report.traces[0].registers or "{}")["rbx"] == "0xffff9b0000000000"
    assert [module["name"] for module in report.modules] == ["nvidia", "xt_conntrack"]
    assert dict(report.facts)["tainted"] == "P W O"


def test_arm64_prints_the_program_counter_among_the_frames():
    (found,) = kernel(ARM64)
    assert (found.report.access, found.report.error_code, found.report.arch) == ("WRITE", 0x96000046, "arm64")
    assert functions(found) == ["wlan_foo", "wlan_bar", "el0_svc"]
    assert found.report.device == "Qualcomm Technologies, Inc. (DT)"


def test_arm_names_the_caller_on_each_line():
    (found,) = kernel(ARM)
    assert functions(found) == ["process_one_work", "worker_thread", "kthread"]
    assert (found.report.error_code_name, found.report.access) == ("translation fault, section", "WRITE")
    assert (found.report.process, found.report.process_id) == ("kworker/0:2", 116)


def test_newer_arm_says_where_a_function_was_on_the_line_above():
    lines = [
        "[    7.166600] ------------[ cut here ]------------",
        "[    7.171676] WARNING: CPU: 0 PID: 54 at mm/mmap.c:2859 exit_mmap+0x1a8/0x21c()",
        "[    7.182479] CPU: 0 PID: 54 Comm: init Not tainted 3.19.0-rc5 #1",
        "[    7.198318] [<c00153f0>] (unwind_backtrace) from [<c0011a74>] (show_stack+0x10/0x14)",
        "[    7.206528] [<c0011a74>] (show_stack) from [<c0580150>] (dump_stack+0x78/0x94)",
        "[    7.214191] [<c0580150>] (dump_stack) from [<c012de64>] (exit_mmap+0x1a8/0x21c)",
        "[    7.300000] ---[ end trace 1 ]---",
    ]
    (found,) = kernel(lines)
    assert [functions(one) for one in kernel([f"> > {line}" for line in lines])] == [functions(found)]
    assert [(row.function, row.symbol_offset, row.text_line) for row in found.report.traces[0].frames] == [
        ("unwind_backtrace", None, 4),
        ("show_stack", 0x10, 5),
        ("dump_stack", 0x78, 6),
        ("exit_mmap", 0x1A8, 6),
    ]


def test_x86_of_2010_prints_it_above_them():
    (found,) = kernel(OLD_X86)
    assert (found.first, found.last) == (1, len(OLD_X86))
    assert (found.report.error_type, found.report.process, found.report.arch) == (
        "kernel paging request",
        "insmod",
        "x86",
    )
    assert [(row.function, row.trust) for row in found.report.traces[0].frames] == [
        ("bad_fn", "context"),
        ("do_one_initcall", "unreliable"),
        ("sys_init_module", "text"),
    ]


def test_the_message_of_a_warning_stands_above_it():
    (found,) = kernel(["boot", *WARNING, "later"])
    report = found.report
    assert (found.first, found.last) == (2, len(WARNING) + 1)
    assert (report.kind, report.level) == ("assertion", "warning")
    assert (report.error_type, report.error_value) == ("WARNING", "refcount_t: underflow; use-after-free.")
    assert functions(found) == ["refcount_warn_saturate", "__warn", "nfsd_put"]
    assert not report.leads


def test_both_accesses_of_a_race():
    (found,) = kernel(RACE)
    assert (found.report.kind, found.report.error_type, found.report.access_size) == ("race", "data-race", 8)
    assert [(trace.role, trace.thread_id) for trace in found.report.traces] == [("crash", 6001), ("access", 6002)]


def test_a_hung_task_and_what_the_other_processors_did():
    (found,) = kernel(HUNG)
    assert found.last == len(HUNG)
    assert (found.report.kind, found.report.error_type, found.report.process) == ("hang", "task hung", "kworker/u4:3")
    crash, other = found.report.traces
    assert (crash.state, crash.frames[0].function, crash.frames[0].inline_depth) == ("D", "context_switch", 1)
    assert (other.role, other.thread_id, other.thread_name) == ("thread", 5, "kworker/0:0")
    assert functions(found, 1) == ["spin", "caller_of_spin"]


def test_a_report_cut_in_its_middle():
    (found,) = kernel(KASAN[:13])
    assert functions(found) == ["__dump_stack", "dump_stack_lvl", "foo_release"]
    (found,) = kernel(KASAN[:3])
    assert (found.report.error_type, found.report.complete) == ("slab-use-after-free", False)
    (found,) = kernel(OOPS[7:])
    assert not found.report.complete
    assert functions(found) == ["list_del", "drv_remove"]
    assert found.report.process == "foo bar"


def test_windows_line_ends_and_blank_lines_between():
    lines = [part for line in ARM64 for part in (line + "\r", "\r")]
    (found,) = kernel(lines)
    assert functions(found) == ["wlan_foo", "wlan_bar", "el0_svc"]


@pytest.mark.parametrize(
    "before",
    [
        "[Mon Nov 25 10:00:00 2026] ",
        "[    8.702999] [   T1628] ",
        "<4>[   12.345678] (0)[123:swapper/0]",
        "kernel: ",
        ">>>> ",
        "2026-11-25T10:00:00.123456+00:00 host kernel: ",
    ],
)
def test_what_may_stand_before_each_line(before):
    (found,) = kernel([before + line for line in ARM64])
    assert functions(found) == ["wlan_foo", "wlan_bar", "el0_svc"]
    assert found.report.process == "binder:812_2"


def test_prose_and_other_tools_are_none():
    assert kernel(PROSE) == []


FRAMES = {
    "pt_client_enable+0x4c/0x7c [slc_pt]": ("pt_client_enable", 0x4C, "slc_pt", None, 0),
    "[<ffffffff926dbfd0>] process_one_work+0x572/0x7e1 kernel/workqueue.c:2302 (discriminator 3)": (
        "process_one_work",
        0x572,
        None,
        2302,
        0,
    ),
    "[<     inline     >] vfs_ioctl fs/ioctl.c:43": ("vfs_ioctl", None, None, 43, 1),
    "#0 [<0x000000000062a66a>] kasan_report+0x9/0x10": ("kasan_report", 9, None, None, 0),
    "#5 0x0000000000a4b8dc in hidinput_connect /src/drivers/hid/hid-input.c:1615:7": (
        "hidinput_connect",
        None,
        None,
        1615,
        0,
    ),
    "dump_stack_lvl (lib/dump_stack.c:107 (discriminator 4))": ("dump_stack_lvl", None, None, 107, 0),
    "read (include/a.h:3 fs/read.c:9) ext4": ("read", None, "ext4", 9, 0),
    "[c000000123456780] [c000000000456780] do_x+0x12/0x34 (unreliable)": ("do_x", 0x12, None, None, 0),
    "unwind_backtrace from show_stack+0x10/0x14": ("unwind_backtrace", None, None, None, 0),
    "0xffffffffc0123456": (None, None, None, None, 0),
}


@pytest.mark.parametrize("line", FRAMES)
def test_a_frame_in_all_its_forms(line):
    row = frame(line)
    assert row is not None
    assert (row.function, row.symbol_offset, row.module, row.line, row.inline_depth) == FRAMES[line]


@pytest.mark.parametrize("line", ["note: foo[1] exited", "this is from that", "a b/c.c:3", "RIP: 0033:0x46a1b9", ""])
def test_other_lines_are_no_frames(line):
    assert frame(line) is None


def _labels() -> list[dict[str, str]]:
    path = CORPUS / "stacks" / "labels.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if row.get("type", "").startswith("Kernel failure")]


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


@pytest.mark.parametrize("label", _labels(), ids=lambda label: label["file"])
def test_reports_that_fuzzers_collected(label):
    text = (CORPUS / "stacks" / label["file"]).read_text("utf-8", "replace")
    found = [one for one in kernel(text.split("\n")) if one.report.kind != "dump" and one.report.level != "warning"]
    report = found[0].report
    said = f"{report.error_type} {report.error_value} {report.error_code_name} {report.error_code}"
    for word in label["type"].split("\n")[1:]:
        access, _, rest = word.partition(" ")
        if access not in {"READ", "WRITE"}:
            assert _plain(word.partition(":{")[0]) in _plain(said)
            continue
        assert access == report.access
        assert int(rest) == report.access_size if rest.isdigit() else _plain(rest) in _plain(said)
    names = iter(functions(found[0]))
    for name in label["state"].splitlines():
        assert any(name == other for other in names), name


def test_there_are_labels_to_test():
    if not (CORPUS / "stacks").exists():
        pytest.skip("no corpus of real crash files")
    assert len(_labels()) >= 5


_PIECES = st.sampled_from(
    [*KASAN, *OOPS, *ARM, *HUNG, *RACE, *OLD_X86, "", "x", "---[ end trace ]---", "[#1]", "RIP: "]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=60)), max_size=80))
def test_no_text_raises(lines):
    for found in kernel(lines):
        assert found.last <= len(lines)


@pytest.mark.parametrize(
    "block",
    [
        KASAN,
        ["BUG: KASAN: use-after-free in foo"],
        ["------------[ cut here ]------------", "x"],
        ["Call Trace:"],
        ["RIP: 0010:foo+0x1/0x2"],
        ["Kernel panic - not syncing: x", "Call Trace:", *[" foo+0x1/0x2 [mod]"] * 50],
    ],
    ids=["whole", "heads", "cuts", "headings", "pointers", "frames"],
)
def test_four_times_the_text_takes_about_four_times_the_time(block):
    scan_grows("\n".join(block), "kernel")


@given(
    st.sampled_from(["", "#3 ", "#12   "]),
    st.from_regex(r"\A(?:\[<(?:0x)?[0-9a-f]{7,16}>\]|\[[0-9a-f]{16}\]|\[<  inlined  >\])\Z"),
    st.sampled_from([" ", "  ", ""]),
    st.sampled_from(
        ["? f+0x1/0x2", "f+0x1/0x2 [keys] a/b.c:7 (discriminator 3)", "f+0x1/0x2 g a/b.c:7", "0x7f10", "?", "f",
         "f a.c:7", "(f+0x1/0x2) from [<c0012a40>] (g+0x1/0x2)", "f.part.0+0x1/0x2 (unreliable)", ""]
    ),
)  # fmt: skip
def test_a_frame_is_the_same_behind_any_address(number, address, blanks, rest):
    line = f"{number}{address}{blanks}{rest}"
    short, whole = plain(line), frame(line)
    assert short is None or (whole is not None and short == replace(whole, address=short.address))


DUMPED = """\
CPU: 2 PID: 994 Comm: relay Tainted: G           O      6.1.9 #1
Call trace:
 show_stack+0x30/0x44
 panic+0x240/0x5d4
 tank_level+0x4c/0x7c [tank]
 tank_ioctl+0x10/0x7c [tank]
{noise}
task:swapper/0       state:R  running task     stack:    0 pid:    0 ppid:     0 flags:0x00000008
Call trace:
 __switch_to+0x254/0x5d8
 schedule_idle+0x30/0x5c
 do_idle+0x2dc/0x31c
"""


def test_what_a_panic_dumps_of_others_is_of_the_panic():
    noise = "\n".join(f"tank-wdt 100{number}.watchdog: stop done" for number in range(30))
    text = "Kernel panic - not syncing: tank is dry\n" + DUMPED.format(noise=noise)
    [one] = scan(enumerate(text.split("\n")))
    assert (one.report.error_type, one.report.kind) == ("Kernel panic", "abort")
    first, second = one.report.traces
    assert (first.role, first.frames[2].function, second.role) == ("crash", "tank_level", "thread")
    assert [frame.function for frame in second.frames][1] == "schedule_idle"
    # behind a report after which the kernel went on, it is one of its own
    text = "WARNING: CPU: 2 PID: 994 at tank.c:31 tank_level+0x4c/0x7c\n" + DUMPED.format(noise=noise)
    assert [one.report.kind for one in scan(enumerate(text.split("\n")))][1:] == ["dump"]
    # and far behind the panic too
    text = "Kernel panic - not syncing: tank is dry\n" + DUMPED.format(noise="\n".join([noise] * 4))
    assert len(list(scan(enumerate(text.split("\n"))))) == 2


def test_a_warning_says_the_same_with_its_places_decoded():
    text = "\n".join(WARNING)
    decoded = text.replace("refcount_warn_saturate+0xd8/0xe0", "refcount_warn_saturate (lib/refcount.c:28)")
    decoded = decoded.replace("nfsd_put+0x12/0x30 [nfsd]", "nfsd_put (fs/nfsd/svc.c:9) nfsd")
    assert signature(decoded) == signature(text) != ""
    assert signature(decoded.replace("nfsd_put", "nfsd_get")) not in {"", signature(text)}
    for other in (text, decoded):
        assert signature(other.replace("_saturate", "_saturate.isra.0")) == signature(text)
    [found] = [one for one in scan(enumerate(WARNING)) if isinstance(one, Found)]
    assert found.report.error_value is not None
    assert "+0x" not in found.report.error_value


LOCKED = """\
[20050.199852] WARNING: possible circular locking dependency detected
[20050.199852] 6.6.0-rc7 #81 Not tainted
[20050.199852] ------------------------------------------------------
[20050.199852] shopd/19418 is trying to acquire lock:
[20050.199852] ffff882a12d6da1b (&cart->lock){+.+.}-{3:3}, at: shop_add+0x529/0x569
[20050.199852]
[20050.199852] stack backtrace:
[20050.199852] CPU: 4 PID: 19418 Comm: shopd Not tainted 6.6.0-rc7 #81
[20050.199852] Call Trace:
[20050.199852]  dump_stack_lvl+0x5f/0x70
[20050.199852]  print_circular_bug.cold+0x13b/0x140
[20050.199852]  check_noncircular+0x65/0x160
[20050.199852]  __lock_acquire+0xca7/0x1f20
[20050.199852]  lock_acquire+0xa7/0x310
[20050.199852]  __mutex_lock+0xac/0xe30
[20050.199852]  shop_add+0x529/0x569
[20050.199852]  shop_ioctl+0x2a3/0x2e3
"""


def test_who_checks_locks_is_not_to_blame():
    assert triage.loads(LOCKED).events()["culprit"].tolist() == ["shop_add"]
