"""Records as cells under field paths: what the importer reads back, in the order of the protos."""

from __future__ import annotations

from federation.records.codec import IpStatus, IpType, Listing, Relation
from node.commands.records import as_json, cells, changed_paths, column_order
from node.importing.path_mapper import PathMapper
from node.importing.rows import Row, column_key
from tests.node.services.own_node import supply


def full_listing() -> Listing:
    listing = supply(1)
    right = listing.public.supply.ip.add()
    right.number = "CN202319990141.9"
    right.type, right.status = IpType.IP_TYPE_INVENTION, IpStatus.IP_STATUS_GRANTED
    indicator = listing.public.supply.indicators.add()
    indicator.name, indicator.value = "抗拉强度", "450"
    indicator.relation = Relation.RELATION_AT_LEAST
    file = listing.public.attachments.add()
    file.name, file.size_bytes, file.sha256 = "样品.pdf", 12, bytes(range(32))
    return listing


def test_cells_give_every_populated_field_once_as_text() -> None:
    told = dict(cells(full_listing()))
    assert told["public.kind"] == "LISTING_KIND_SUPPLY"
    assert told["public.keywords"] == "铝合金;低压铸造"
    assert told["public.supply.ip[0].number"] == "CN202319990141.9"
    assert told["public.attachments[0].sha256"] == bytes(range(32)).hex()
    assert told["members.price.amount_min_fen"] == "50000000"
    assert "public.summary_en" not in told


def test_the_importer_reads_cells_back_to_the_same_listing() -> None:
    listing = full_listing()
    row = Row(1, {column_key(path): text for path, text in cells(listing)})
    mapped = PathMapper().map_row(row)
    assert mapped.problems == ()
    assert mapped.listing == listing


def test_columns_stand_in_the_order_of_the_proto_files() -> None:
    listing = full_listing()
    paths = [path for path, _ in cells(listing)]
    shuffled = sorted(paths, key=lambda path: path[::-1])
    assert sorted(shuffled, key=column_order(listing)) == paths
    ninth, tenth = "public.supply.ip[9].type", "public.supply.ip[10].number"
    assert sorted([tenth, ninth], key=column_order(listing)) == [ninth, tenth]


def test_changed_paths_are_those_of_the_parts_whose_text_differs() -> None:
    before, after = full_listing(), full_listing()
    after.public.title = "高强铝合金低压铸造新工艺"
    after.info.revision = 2
    after.ClearField("members")
    assert changed_paths(before, after) == [
        "public.title",
        "members.price.amount_min_fen",
        "members.terms",
    ]
    assert changed_paths(None, after) == []


def test_a_value_of_a_newer_version_is_shown_as_its_number() -> None:
    listing = Listing()
    listing.public.tech_field = 99  # type: ignore[assignment]
    assert dict(cells(listing)) == {"public.tech_field": "99"}


def test_json_has_the_field_names_of_the_proto_files() -> None:
    told = as_json(full_listing())
    assert told["public"]["source_platform"] == "anhui-tech"
