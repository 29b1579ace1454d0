"""lean.json and config.json are read as LEAN and the `lean` CLI read them, and mistakes are named."""

from pathlib import Path

import pytest

from leanib.engine.configuration import Configuration, find_lean_json, load_configuration, parse_json
from leanib.errors import ConfigurationError

LEAN = """
// a comment with "quotes"
{
    "data-folder": "market", // where
    /* several
       lines */
    "environment": "backtesting",
    "symbol-minute-limit": 100,
    "parameters": {"fast": 10, "url": "http://no.comment"},
    "environments": {
        "backtesting": {"live-mode": false, "symbol-minute-limit": 200,},
        "live-paper": {"live-mode": true}
    },
}
"""


def _project(tmp_path, config=None, lean=LEAN):
    (tmp_path / "lean.json").write_text(lean)
    project = tmp_path / "algorithms" / "mine"
    project.mkdir(parents=True)
    if config is not None:
        (project / "config.json").write_text(config)
    return project


def test_comments_and_trailing_commas_are_allowed(tmp_path):
    """What LEAN's parser takes, ours takes."""
    configuration = load_configuration(_project(tmp_path))
    assert configuration.get("data-folder") == "market"
    assert configuration.parameters == {"fast": "10", "url": "http://no.comment"}


def test_the_environment_overrides_the_top(tmp_path):
    """The chosen environment's settings win; another one may be chosen."""
    project = _project(tmp_path)
    assert load_configuration(project).get_int("symbol-minute-limit") == 200
    assert load_configuration(project, environment="live-paper").get_bool("live-mode") is True


def test_the_projects_parameters_win_and_the_command_lines_over_them(tmp_path):
    """lean.json, then config.json, then the command line."""
    project = _project(tmp_path, '{"algorithm-language": "Python", "parameters": {"fast": 20, "slow": true}}')
    configuration = load_configuration(project, parameters={"slow": "50"})
    assert configuration.parameters == {"fast": "20", "url": "http://no.comment", "slow": "50"}


@pytest.mark.parametrize(
    ("lean", "sentence"),
    [
        (
            '{"environment": "backtest", "environments": {"backtesting": {}}}',
            r"no environment 'backtest'; did you mean 'backtesting'\?",
        ),
        ('{\n"data-folder" "x"}', r"lean.json, line 2, column 15"),
        ("[]", r"must hold one object"),
        ('{"parameters": [1]}', r'"parameters" must be an object'),
    ],
)
def test_a_mistake_is_one_sentence_with_file_line_and_remedy(tmp_path, lean, sentence):
    """Whatever the file is that is wrong."""
    with pytest.raises(ConfigurationError, match=sentence):
        load_configuration(_project(tmp_path, lean=lean))


@pytest.mark.parametrize(
    ("lean", "sentence"),
    [
        ('{"data-foler": "x"}', "line 1: nothing reads 'data-foler'; did you mean 'data-folder'?"),
        ('{\n"ib-acount": "x"}', "line 2: nothing reads 'ib-acount'; did you mean 'ib-account'?"),
        ('{"environments": {"a": {\n"live-mod": 1}}}', "line 2: nothing reads 'live-mod'; did you mean 'live-mode'?"),
    ],
)
def test_a_key_of_lean_json_that_is_nearly_a_known_one_is_warned_of(tmp_path, lean, sentence):
    """A mistyped key would otherwise change nothing and say nothing."""
    (warning,) = load_configuration(_project(tmp_path, lean=lean)).warnings
    assert sentence in warning


def test_keys_that_others_write_are_no_error(tmp_path):
    """LEAN, its CLI and other tools write what they please."""
    config = (
        '{"encrypted": false, "channel-id": "x", "backtestGrid": {}, "timezone": "UTC", "any": [1], "data-foler": 1}'
    )
    lean = '{"organization-id": "", "what-ever": {"a": 1}, "backtestGrid": null}'
    configuration = load_configuration(_project(tmp_path, config, lean))
    assert configuration.warnings == ()
    assert configuration.get("timezone") == "UTC"


def test_keys_of_brokerages_and_data_providers_are_known(tmp_path):
    """LEAN's own configuration has hundreds of them."""
    text = '{"tradier-access-token": "", "ib-trading-mode": "paper", "show-missing-data-logs": false}'
    load_configuration(_project(tmp_path, lean=text))


def test_another_language_is_refused(tmp_path):
    """A C# project needs LEAN itself."""
    with pytest.raises(ConfigurationError, match="runs Python, not CSharp; use `lean backtest`"):
        load_configuration(_project(tmp_path, '{"algorithm-language": "CSharp"}'))


def test_the_data_folder_is_relative_to_lean_json_and_must_be_in_leans_layout(tmp_path):
    """Missing, and not a data folder, are told apart."""
    configuration = load_configuration(_project(tmp_path))
    with pytest.raises(ConfigurationError, match=r"market does not exist; give the right one with --data-folder"):
        configuration.data_folder()
    (tmp_path / "market" / "market-hours").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="it has no symbol-properties/"):
        configuration.data_folder()
    (tmp_path / "market" / "symbol-properties").mkdir()
    assert configuration.data_folder() == tmp_path / "market"
    with pytest.raises(ConfigurationError, match=r"no lean\.json was found"):
        Configuration().data_folder()


def test_numbers_and_truths_are_checked():
    """A setting of the wrong kind is named."""
    configuration = Configuration({"limit": "many", "live-mode": "maybe"})
    with pytest.raises(ConfigurationError, match='"limit" must be a whole number'):
        configuration.get_int("limit")
    with pytest.raises(ConfigurationError, match='"live-mode" must be true or false'):
        configuration.get_bool("live-mode")


def test_lean_json_is_found_from_the_project_upwards(tmp_path):
    """As the `lean` CLI does."""
    project = _project(tmp_path)
    assert find_lean_json(project) == tmp_path / "lean.json"


def test_strings_keep_what_looks_like_a_comment(tmp_path):
    """A URL is not a comment."""
    assert parse_json('{"a": "http://x/*y*/", "b": "\\"//"}', tmp_path) == {"a": "http://x/*y*/", "b": '"//'}


def test_values_of_algorithms_are_kept_beside_lean_json(tmp_path):
    """storage/, as with the `lean` CLI, or where "object-store-root" says."""
    project = _project(tmp_path)
    assert load_configuration(project).object_store_root == tmp_path / "storage"
    assert Configuration({"object-store-root": "/elsewhere"}).object_store_root == Path("/elsewhere")
