"""Counts calls by name, in the table that cloudFormation/additions/ledger.yml makes."""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    name = event.get("name", "world")
    item = table.update_item(
        Key={"name": name},
        UpdateExpression="ADD calls :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return {"name": name, "count": int(item["Attributes"]["calls"]), "from": os.environ["ENVIRONMENT_NAME"]}
