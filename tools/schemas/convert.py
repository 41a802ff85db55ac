#!/usr/bin/env python3
"""Merges two tables of message facts (old versions, newest versions) into schema files.

    convert.py messages-all-versions.txt messages-newest.txt OUTPUT_DIRECTORY

The schema files are the source from then on; their format is described in their folder's README. The tables overlap:
the newest one has dropped versions that old clients still speak, the old one lacks what came later. Where both know a
field the newest table's words hold; a field that only the old one knows is kept when it ended before the newest
table's lowest version, that is, when it went away together with the versions that carried it.
"""

import os
import re
import sys

# Apis between controllers of a Raft quorum and between its brokers; PerfLog keeps its metadata elsewhere.
QUORUM_APIS = {52, 53, 54, 58, 59, 62, 63, 70, 73, 82}

# Their version 0 was never stable: the newest table is the whole truth about them.
ONLY_NEWEST = {76, 77, 78, 79, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92}

RECORDS = re.compile(r"^(GroupMetadata|OffsetCommit|LegacyOffsetCommit|ConsumerGroup\w+|TransactionLog)(Key|Value)$")
EMBEDDED = {"ConsumerProtocolSubscription", "ConsumerProtocolAssignment"}
HEADERS = {"RequestHeader", "ResponseHeader"}

# A message's nested types share its scope with its properties, so these take another name.
RENAMED_STRUCTS = {
    ("FetchRequest", "ReplicaState"): "FetchReplicaState",
    ("ElectLeadersRequest", "TopicPartitions"): "ElectedTopic",
    ("DescribeTransactionsResponse", "TransactionState"): "DescribedTransaction",
    ("ListTransactionsResponse", "TransactionState"): "ListedTransaction",
    ("ConsumerGroupHeartbeatRequest", "TopicPartitions"): "OwnedTopicPartitions",
    ("ConsumerGroupHeartbeatResponse", "Assignment"): "MemberAssignment",
    ("ShareGroupHeartbeatResponse", "Assignment"): "MemberAssignment",
    ("DescribeTopicPartitionsRequest", "Cursor"): "TopicPartitionCursor",
    ("DescribeTopicPartitionsResponse", "Cursor"): "TopicPartitionCursor",
    ("StreamsGroupHeartbeatRequest", "Topology"): "GroupTopology",
    ("StreamsGroupHeartbeatResponse", "Status"): "GroupStatus",
    ("ConsumerGroupMemberMetadataValue", "ClassicMemberMetadata"): "ClassicMember",
    ("ConsumerGroupPartitionMetadataValue", "PartitionMetadata"): "PartitionRacks",
}

VIEWS = {"ProduceRequest", "FetchRequest"}
OPEN = 1 << 15


class Message:
    def __init__(self, name, kind, attributes):
        self.name, self.kind, self.fields = name, kind, []
        self.key = int(attributes["key"]) if "key" in attributes else None
        self.versions = parse_range(attributes["valid"])
        self.flexible = attributes["flexible"]


class Field:
    def __init__(self, name, type_name, versions, attributes, flags):
        self.name = name[0].upper() + name[1:]
        self.type, self.versions, self.attributes, self.flags = type_name, versions, attributes, flags
        self.fields = []


def parse_range(text):
    if text == "none":
        return None
    if text.endswith("+"):
        return int(text[:-1]), OPEN
    low, _, high = text.partition("-")
    return int(low), int(high or low)


def show_range(versions):
    low, high = versions
    if high == OPEN:
        return f"{low}+"
    return str(low) if low == high else f"{low}-{high}"


def parse(path):
    messages, stack = {}, []
    for line in open(path, encoding="utf-8"):
        line = line.rstrip()
        if line.startswith("## "):
            words = line[3:].split()
            message = Message(words[0], words[1], dict(word.split("=") for word in words[2:] if "=" in word))
            messages[message.name] = message
            stack = [(-1, message)]
        elif stack and re.match(r"^\s+\w+: ", line):
            indent = len(line) - len(line.lstrip())
            while stack[-1][0] >= indent:
                stack.pop()
            field = parse_field(line.split())
            stack[-1][1].fields.append(field)
            stack.append((indent, field))
    return messages


def parse_field(words):
    attributes = dict(word.split("=", 1) for word in words[3:] if "=" in word)
    flags = {word for word in words[3:] if "=" not in word}
    # A tagged field has no versions besides those in which it is tagged.
    versions = parse_range(attributes["tagged"] if "tagged" in attributes else words[2])
    return Field(words[0].rstrip(":"), words[1], versions, attributes, flags)


def merge(old, new):
    if new is None or new.versions is None:
        return old
    if old is None or new.key in ONLY_NEWEST:
        return new
    lowest = new.versions[0]
    new.versions = (min(old.versions[0], lowest), max(old.versions[1], new.versions[1]))
    new.fields = merge_fields(old.fields, new.fields, lowest, new.name)
    return new


def merge_fields(old, new, lowest, where):
    known = {field.name: field for field in new}
    merged, pending = [], list(new)
    for old_field in old:
        if old_field.name in known:
            while pending[0].name != old_field.name:
                merged.append(pending.pop(0))
            merged.append(merge_field(old_field, pending.pop(0), lowest, where))
        elif old_field.versions[1] < lowest:
            merged.append(old_field)
        else:
            print(f"{where}: {old_field.name} {show_range(old_field.versions)} is gone from the newest table; left out")
    return merged + pending


def merge_field(old, new, lowest, where):
    if old.versions[0] < new.versions[0]:
        print(f"{where}: {new.name} began at {old.versions[0]} and now at {new.versions[0]}; the newest holds")
    if "ignorable" in old.flags:
        new.flags.add("ignorable")
    new.fields = merge_fields(old.fields, new.fields, lowest, f"{where}.{new.name}")
    return new


def write_message(message, out):
    defined = {}
    head = f"{message.kind} {message.name} versions={show_range(message.versions)} flexible={message.flexible}"
    if message.key is not None:
        head += f" {'type' if message.kind in ('key', 'value') else 'key'}={message.key}"
    out.append(head + (" view" if message.name in VIEWS else ""))
    write_fields(message, message.fields, 1, defined, out)
    out.append("")


def write_fields(message, fields, depth, defined, out):
    for field in fields:
        if field.versions[1] < message.versions[0] or field.versions[0] > message.versions[1]:
            continue
        array = field.type.startswith("[]")
        struct = field.type[2:] if array else field.type
        children = field.fields
        if struct[0].isupper():
            struct = RENAMED_STRUCTS.get((message.name, struct), struct)
            shape = [(f.name, f.type, f.versions) for f in children]
            if struct in defined:
                assert defined[struct] == shape, (message.name, struct)
                children = []
            defined[struct] = shape
        elif field.name.endswith("ErrorCode") and struct == "int16":
            struct = "error"
        out.append("  " * depth + f"{field.name}: {'[]' if array else ''}{struct} {show_range(field.versions)}"
                   + "".join(" " + word for word in traits(field)))
        write_fields(message, children, depth + 1, defined, out)


def traits(field):
    for name in ("nullable", "tag", "default", "flexible"):
        value = field.attributes.get(name)
        if value is None or (name == "default" and value == '""'):
            continue
        if name == "default":
            value = {"None": "null", "False": "false", "True": "true"}.get(value, value)
            value = str(int(value, 16)) if value.startswith("0x") else value
        yield f"{name}={value}"
    if "ignorable" in field.flags:
        yield "ignorable"


def merge_all(old, new):
    for name in list(dict.fromkeys([*old, *new])):
        before, after = old.get(name), new.get(name)
        if RECORDS.match(name):
            # Before keys had types of their own, a record's type was its key's version, and both of OffsetCommit's
            # were one key: the newest table says it plainly.
            if after is not None:
                after.kind = "key" if name.endswith("Key") else "value"
                yield after
            continue
        message = merge(before, after)
        if message.kind in ("request", "response"):
            wanted = message.key not in QUORUM_APIS and name not in (
                "ListClientMetricsResourcesRequest", "ListClientMetricsResourcesResponse")
        else:
            wanted = name in EMBEDDED or name in HEADERS
        if not wanted:
            continue
        if message.kind not in ("request", "response"):
            message.kind = "data"
        yield message


def file_of(message):
    if message.kind in ("request", "response"):
        return re.sub("(Request|Response)$", "", message.name) + ".msg"
    if message.name in HEADERS:
        return "Headers.msg"
    if message.name in EMBEDDED:
        return "ConsumerProtocol.msg"
    return "Records/" + re.sub("(Key|Value)$", "", message.name) + ".msg"


def main():
    old_path, new_path, directory = sys.argv[1:]
    files = {}
    for message in merge_all(parse(old_path), parse(new_path)):
        write_message(message, files.setdefault(file_of(message), []))
    os.makedirs(os.path.join(directory, "Records"), exist_ok=True)
    for name, lines in files.items():
        with open(os.path.join(directory, name), "w", encoding="utf-8", newline="\n") as out:
            out.write("\n".join(lines[:-1]) + "\n")
    print(f"{len(files)} files")


if __name__ == "__main__":
    main()
