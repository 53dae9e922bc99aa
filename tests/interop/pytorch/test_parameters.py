"""Values of a class as texts in the parameters of its constructor."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.interop.pytorch.contexts import Context
from cnncalc.interop.pytorch.parameters import Parameters, Unwritable, literal, shown

ONE, TWO = Context(0), Context(1)


def parameters(*visible: dict[str, Any]) -> Parameters:
    """Those of a class with an object for each of these sets of names."""
    return Parameters([dict(names) for names in visible], [None] * len(visible))


def test_the_first_candidate_that_is_right_for_every_object_is_taken() -> None:
    made = parameters({"channels": 8, "half": 4}, {"channels": 12, "half": 4})
    wanted = [(ONE, 4), (TWO, 6)]
    assert made.text(wanted, [None, "half", "channels // 2", "channels - 4"], "width") == "channels // 2"
    # only what the text mentions becomes a parameter
    assert made.all() == {"channels": [8, 12]}


def test_what_is_one_number_everywhere_is_that_number() -> None:
    made = parameters({"channels": 8}, {"channels": 12})
    assert made.text([(ONE, 3), (TWO, 3)], ["channels"], "width") == "3"
    assert made.all() == {}


def test_an_expression_of_the_file_goes_before_its_number() -> None:
    assert parameters({"channels": 8}).text([(ONE, 4)], ["channels // 2"], "width") == "channels // 2"


def test_a_candidate_without_names_is_no_more_than_its_number() -> None:
    assert parameters({"channels": 8}).text([(ONE, 4)], ["2 + 2"], "width") == "4"


def test_what_no_text_gives_becomes_a_parameter() -> None:
    made = parameters({"channels": 8}, {"channels": 12})
    assert made.text([(ONE, 1), (TWO, 5)], ["channels"], "padding") == "padding"
    assert made.all() == {"padding": [1, 5]}
    # the same values again are the same parameter, others a further one
    assert made.text([(ONE, 1), (TWO, 5)], [], "padding") == "padding"
    assert made.text([(ONE, 2), (TWO, 5)], [], "padding") == "padding_2"
    assert made.text([(ONE, 2), (TWO, 5)], [], "channels") == "channels_2"


def test_objects_in_which_it_is_left_out_take_any_value() -> None:
    made = parameters({}, {}, {})
    assert made.text([(ONE, 1), (Context(2), 5)], [], "padding") == "padding"
    assert made.all()["padding"][::2] == [1, 5]


def test_one_number_for_all_axes_from_a_list() -> None:
    made = parameters({"kernel": 3}, {"kernel": 5})
    assert made.text([(ONE, 1), (TWO, 2)], ["[kernel // 2, kernel // 2]"], "padding") == "kernel // 2"


def test_a_list_stays_a_list() -> None:
    made = parameters({"kernel": 3}, {"kernel": 5})
    wanted = [(ONE, (1, 3)), (TWO, (1, 5))]
    assert made.text(wanted, ["[1, kernel]"], "kernel_size") == "[1, kernel]"


def test_fractions_that_are_whole_are_made_integers() -> None:
    made = parameters({"width": 1.5}, {"width": 2.0})
    assert made.text([(ONE, 24), (TWO, 32)], ["16 * width"], "channels") == "int(16 * width)"


def test_a_parameter_goes_before_looking_up_a_list() -> None:
    made = parameters({"stage": 0, "channels": 8}, {"stage": 1, "channels": 16})
    assert made.text([(ONE, 8), (TWO, 16)], ["[channels, 4][0]"], "width") == "channels"
    assert made.text([(ONE, 8), (TWO, 16)], ["[8, 16][stage]"], "width") == "[8, 16][stage]"


# --- loops ---------------------------------------------------------------------------------------------


def turns(values: list[Any], number: int = 0) -> list[tuple[Context, Any]]:
    return [(Context(number, (("i", turn),)), value) for turn, value in enumerate(values)]


def test_texts_in_a_loop_may_mention_its_turn() -> None:
    made = parameters({"channels": 8})
    made.loops.append("i")
    assert made.text(turns([8, 16, 32]), ["channels", "channels * 2 ** i"], "width") == "channels * 2 ** i"
    assert made.all() == {"channels": [8]}


def test_turns_that_differ_in_what_no_text_gives_cannot_be_a_loop() -> None:
    made = parameters({})
    made.loops.append("i")
    with pytest.raises(Unwritable):
        made.text(turns([8, 16]), ["8"], "width")


def test_the_same_in_all_turns_of_an_object_is_a_parameter() -> None:
    made = parameters({}, {})
    made.loops.append("i")
    assert made.text(turns([8, 8]) + turns([4, 4], number=1), [], "width") == "width"
    assert made.all() == {"width": [8, 4]}


# --- what is offered -----------------------------------------------------------------------------------


def test_what_is_offered_becomes_a_parameter_if_it_is_taken() -> None:
    made = parameters({"channels": 8}, {"channels": 8})
    assert made.offer("in_channels", [3, 5]) == "in_channels"
    assert made.all() == {}
    assert made.text([(ONE, 8), (TWO, 8)], ["channels"], "width") == "channels"
    assert made.text([(ONE, 3), (TWO, 5)], ["in_channels"], "width") == "in_channels"
    # it stands first
    assert [*made.all().items()] == [("in_channels", [3, 5]), ("channels", [8, 8])]


def test_what_is_offered_gives_way_to_a_name_of_the_file() -> None:
    made = parameters({"in_channels": 8})
    offered = made.offer("in_channels", [3])
    assert offered != "in_channels"
    assert made.values(ONE) == {"in_channels": 8, offered: 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'zeros'", '"zeros"'),
        ("3", "3"),
        ("1e-05", "1e-05"),
        ("(1, 2)", "(1, 2)"),
        ("('a', 'b')", '("a", "b")'),
        ("2 ** i", "2**i"),
        ("[k, k]", "(k, k)"),
        ("None", "None"),
        ("False", "False"),
    ],
)
def test_texts_as_they_stand_in_the_program(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_values_as_python_writes_them() -> None:
    assert shown(literal(float("-inf"))) == 'float("-inf")'
    assert shown(literal((1, (2.5, "same")))) == '(1, (2.5, "same"))'
    assert literal((1,)) == "(1,)"
