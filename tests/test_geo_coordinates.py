import pickle

import numpy as np
import pandas as pd
import pytest

from geo.coordinates import (
    CoordinateError,
    as_lat_lon,
    as_lon_lat,
    check_points,
    find_faults,
)


@pytest.mark.parametrize(
    ("longitude", "latitude", "problem"),
    [
        (float("nan"), 30.2, "longitude is missing (NaN)"),
        (67.0, float("nan"), "latitude is missing (NaN)"),
        (None, None, "longitude and latitude are missing (NaN)"),
        (float("inf"), 30.2, "longitude is infinite"),
        (67.0, float("-inf"), "latitude is infinite"),
        (190.0, 30.2, "longitude out of range"),
        (67.0, -190.0, "latitude out of range"),
        (67.0, 3020.0, "latitude out of range"),
        ("Quetta", 30.2, "longitude is no number"),
        (67.0, "30° 12'", "latitude is no number"),
    ],
)
def test_a_row_that_is_no_point_is_refused_with_its_number_and_what_was_expected(
    longitude, latitude, problem
):
    with pytest.raises(CoordinateError) as caught:
        check_points([66.0, 66.0, longitude], [30.0, 30.0, latitude])
    assert caught.value.row == 2
    assert caught.value.problem == problem
    assert str(caught.value).startswith("row 2 ")
    assert "Expected longitude from -180 to 180 and latitude from -90 to 90" in str(caught.value)


def test_swapped_values_are_proposed_the_other_way_and_never_exchanged():
    with pytest.raises(CoordinateError, match=r"looks swapped.*Try longitude 112\.9, latitude 30"):
        check_points([30.0], [112.9])


def test_the_first_faulty_row_is_named():
    with pytest.raises(CoordinateError) as caught:
        check_points([67.0, 500.0, np.nan], [30.2, 30.2, 30.2])
    assert caught.value.row == 1


def test_every_faulty_row_is_found_in_order():
    faults = list(find_faults([np.nan, 67.0, 181.0, 30.0], [30.2, 30.2, 30.2, 112.9]))
    assert [fault.row for fault in faults] == [0, 2, 3]


def test_the_ends_of_the_range_are_points():
    longitude, latitude = check_points([-180, 180], [-90, 90])
    assert longitude.tolist() == [-180.0, 180.0]
    assert latitude.tolist() == [-90.0, 90.0]


def test_float_arrays_are_checked_without_a_copy():
    longitude, latitude = np.array([67.0]), np.array([30.2])
    checked = check_points(longitude, latitude)
    assert checked[0] is longitude
    assert checked[1] is latitude


def test_a_masked_value_is_missing_whatever_lies_under_the_mask():
    hidden = np.ma.masked_array([67.0, 66.0], mask=[False, True])
    with pytest.raises(CoordinateError, match=r"row 1 .*missing"):
        check_points(hidden, [30.2, 30.2])


@pytest.mark.parametrize(
    "column", [pd.Series([67.0, None]), pd.Series([67.0, None], dtype="Float64")]
)
def test_an_empty_cell_of_a_table_is_refused(column):
    with pytest.raises(CoordinateError, match="row 1 "):
        check_points(column, [30.2, 30.2])


@pytest.mark.parametrize("latitude", [[30.2], [[30.2, 30.3]]])
def test_arrays_of_different_shape_are_refused(latitude):
    with pytest.raises(ValueError, match="two flat arrays of one length"):
        check_points([67.0, 67.1], latitude)


def test_no_rows_are_no_fault():
    longitude, latitude = check_points([], [])
    assert longitude.shape == latitude.shape == (0,)


def test_the_error_crosses_from_one_process_to_another():
    error = CoordinateError(3, 30.0, 112.9, "looks swapped", remedy="Try the other order.")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_swapping_there_and_back_changes_nothing():
    assert as_lon_lat(*as_lat_lon(67.0, 30.2)) == (67.0, 30.2)
