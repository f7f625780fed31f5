import { expect, test } from "vitest";
import { keyBounds } from "./key-bounds.ts";

test.each([
  ["everything", { prefix: "" }, { lower: "", upper: null }],
  ["a prefix", { prefix: "a/" }, { lower: "a/", upper: "a0" }],
  ["after a key of the prefix", { prefix: "a/", after: "a/1" }, { lower: "a/1\u0000", upper: "a0" }],
  ["after a key before the prefix", { prefix: "b", after: "a" }, { lower: "b", upper: "c" }],
  ["after a key behind the prefix", { prefix: "a", after: "b" }, undefined],
  ["after the prefix itself", { prefix: "a", after: "a" }, { lower: "a\u0000", upper: "b" }],
  ["a prefix that ends with the last code unit", { prefix: "a\uffff" }, { lower: "a\uffff", upper: "b" }],
  ["a prefix of nothing but the last code unit", { prefix: "\uffff" }, { lower: "\uffff", upper: null }],
  ["a prefix that ends within a surrogate pair", { prefix: "\ud83d" }, { lower: "\ud83d", upper: "\ud83e" }],
])("%s", (_, range, bounds) => {
  expect(keyBounds(range)).toEqual(bounds);
});
