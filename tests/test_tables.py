from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from triage import tables

# The columns of the design, word for word: a change of the schema has to be made here as well, on purpose.
DESIGN = {
    "events": """
        event_id native_id source_id offset length format event_class event_kind ts ts_source level handled platform
        service release environment os_name os_version arch device error_type error_value error_code error_code_name
        signal fault_address thread_id culprit stack_key variant_key group_key family_key native_fingerprint
        debugbundle_v1_7 debugbundle_v1_10 debugbundle_v2 debugbundle_v3 http_method route http_status duration_ms
        request_id trace_id session_id user_hash suppressed_count parse_status notes
    """,
    "stacks": """
        event_id stack_no role chain_no thread_id thread_name crashed state error_type error_value stack_key
        addresses text_lines registers unwinder
    """,
    "frames": """
        stack_key idx inline_depth frame_kind repeat function function_raw args module module_offset symbol_offset
        file line column language trust context_line written variables in_app role rule counted
    """,
    "incidents": """
        incident_id title group_key family_key error_type culprit level status count stored suppressed users
        first_seen last_seen count_1m count_5m count_1h count_24h ratio_5m_1h is_spiking spike_p spike_expected
        spike_since regressed_at first_release last_release releases environments services platforms formats
        native_ids algo_version
    """,
    "logs": "event_id source_id offset ts level logger message fields thread origin parse_status",
    "metrics": "event_id source_id ts name labels type value",
    "modules": "event_id name path base size version code_id debug_id debug_file symbol_type unloaded",
    "annotations": "event_id scope key value",
    "feedback": "event_id ts name contact_masked message origin",
    "files": "source_id container_id depth path bytes overhead_bytes sha256 media role description parse_status reason",
    "quarantine": "source_id offset length line reason",
    "related": "incident_id other_id kind score why",
    "hypotheses": """
        run_id incident_id engine model status created duration_ms attempts input_chars output_chars answer error
    """,
}


@pytest.mark.parametrize("name", DESIGN)
def test_columns_are_those_of_the_design(name):
    assert list(tables.TABLES[name].names) == DESIGN[name].split()


def test_no_table_more_or_less():
    assert list(tables.TABLES) == list(DESIGN)


@pytest.mark.parametrize("name", DESIGN)
def test_an_empty_table_has_the_dtypes_of_a_full_one(name):
    frame = tables.to_pandas(tables.empty(name))
    assert isinstance(frame.index, pd.RangeIndex)
    for column in tables.TABLES[name].columns:
        assert frame[column.name].dtype == pd.ArrowDtype(tables.TYPES[column.type]), column


def test_the_types_are_the_eight_of_the_design():
    used = {column.type for table in tables.TABLES.values() for column in table.columns}
    assert used == set(tables.TYPES)
    assert tables.TYPES["timestamp"] == pa.timestamp("us", tz="UTC")


def test_every_column_declares_a_known_type_and_words_end_clean():
    for table in tables.TABLES.values():
        for column in table.columns:
            assert column.type in tables.TYPES
            assert column.name == column.name.strip().lower()


def test_the_page_is_the_one_committed():
    page = Path(tables.__file__).with_name("TABLES.md")
    assert page.read_text("utf-8") == tables.markdown(), "run: python -m triage.tables > triage/TABLES.md"


def test_columns_of_one_name_keep_their_types():
    table = pa.table([pa.array([1]), pa.array(["x"]), pa.array([1.5])], names=["a", "a", "b"])
    frame = tables.to_pandas(table)
    assert frame.columns.tolist() == ["a", "a", "b"]
    assert frame.dtypes.astype(str).tolist() == ["int64[pyarrow]", "string[pyarrow]", "double[pyarrow]"]
    assert frame.iloc[0].tolist() == [1, "x", 1.5]
