"""Tables on the clipboard: what is put there pastes as it was, what Excel puts there is read as it looked."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.formats import clipboard, pasting

cells = st.text(st.characters(exclude_characters="\x00\r\n\t", exclude_categories=["Cs"]), max_size=8)


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@name", "\tx"])
def test_what_a_spreadsheet_would_compute_is_escaped(text: str) -> None:
    assert clipboard.escaped(text) == f"'{text}"


@given(st.lists(st.lists(cells.filter(lambda cell: cell == cell.strip()), min_size=3, max_size=3), min_size=1))
def test_no_cell_leaves_its_column(lines: list[list[str]]) -> None:
    text = clipboard.as_tsv(lines)
    wanted = [[clipboard.escaped(each) for each in line] for line in lines]
    assert [line.split("\t") for line in text.split("\n")] == wanted


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter="\t"))


def test_cells_merged_downwards_are_filled_down() -> None:
    markup = """<html><body><!--StartFragment--><table>
      <tr><td colspan=2>村  民</td><td>电话</td></tr>
      <tr><td rowspan="2">云岭村</td><td>张三</td><td>0838<br>139</td></tr>
      <tr><td>李四</td><td></td></tr>
      <tr><td>青石村<td>王五<td>&lt;无&gt;</tr>
    </table><table><tr><td>another</td></tr></table></body></html>"""
    assert table(pasting.pasted("村民\t\t电话\n云岭村\t张三\n\t李四", markup)) == [
        ["村 民", "", "电话"], ["云岭村", "张三", "0838\n139"], ["云岭村", "李四", ""], ["青石村", "王五", "<无>"],
    ]  # fmt: skip


def test_plain_text_is_taken_where_markup_knows_no_more() -> None:
    markup = "<table><tr><td>a</td><td>b</td></tr></table>"
    assert pasting.pasted("a\tb\n", markup) == "a\tb\n"
    assert pasting.pasted("a b", markup) == "a\tb\n"
    assert pasting.pasted("a\tb", "") == "a\tb"
    assert pasting.pasted("words", "<p>words</p>") == "words"


@given(st.text(alphabet="<>/tdrhable =\"'0123456789spanowcl&;", max_size=200))
def test_no_markup_is_too_broken(markup: str) -> None:
    assert isinstance(pasting.pasted("x", "<table>" + markup), str)
