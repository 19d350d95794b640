"""Reads YAML texts by YAML 1.1's rules, as PyYAML knows them, and CloudFormation's tags. JSON in, JSON out: a list of texts, a list of
{"value": ...} or {"error": ...}. A second reader for test/template/corpus: independent of ours, and not CloudFormation."""

import datetime
import json
import math
import sys

import yaml


class Loader(yaml.SafeLoader):
    pass


def mapping(loader, node):
    # Keys are the text that was written.
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


def tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = node.value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = mapping(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_constructor("tag:yaml.org,2002:map", mapping)
Loader.add_multi_constructor("!", tagged)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"date": value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def read(text):
    try:
        return {"value": plain(yaml.load(text, Loader))}
    except yaml.YAMLError as error:
        return {"error": str(error)}


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
