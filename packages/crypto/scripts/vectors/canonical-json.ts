import { canonicalJson, type Json } from "@owlivion/sync-crypto";
import { VectorRandom, words } from "./random.ts";
import { randomFields } from "./contents.ts";
import type { VectorFile } from "./vector-file.ts";

const numbers = [
  "0", "-0", "1", "-1", "1.0", "1e0", "10", "1e21", "1e20", "123456789012345680000", "1e-6", "1e-7", "0.1", "0.30000000000000004",
  "4.50", "2e-3", "333333333.33333329", "9007199254740991", "9007199254740993", "5e-324", "1.7976931348623157e308", "-5e-324",
  "295147905179352830000", "9.999999999999997e22", "1E30", "0.000001", "-1e-7",
]; // prettier-ignore

const texts = [
  "{}", "[]", "null", "true", "false", "\"\"", "{\"b\":1,\"a\":2}", " [ 1 , 2 ] ", "{\"10\":1,\"9\":2,\"1\":3}",
  "{\"\\u20ac\":\"Euro\",\"\\r\":\"CR\",\"\\ufb33\":\"Hebrew\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji\",\"\\u0080\":\"Control\",\"\\u00f6\":\"ö\"}",
  "{\"__proto__\":1}", "{\"__proto__\":{\"a\":1},\"a\":2}", "{\"constructor\":null,\"toString\":0}", "[[[[[[]]]]]]",
  "{\"a\":{\"b\":{\"c\":[{\"d\":null}]}}}", "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\\\/\"", "\"\\u2028\\u2029\\u007f\"",
  "{\"\":0}", "{\"a\":[],\"A\":{},\"á\":[{}]}", "[true,false,null]",
]; // prettier-ignore

export function canonicalJsonVectors(): VectorFile {
  const random = new VectorRandom("canonical-json");
  const nested = "[".repeat(32) + "]".repeat(32);
  const inputs = [...numbers, ...texts, nested, ...words.map((word) => JSON.stringify(word))];
  for (let i = 0; i < 40; i += 1) inputs.push(JSON.stringify(randomFields(random, 6), null, i % 3));
  return {
    about: "canonicalJson of what a JSON text says",
    cases: inputs.map((json) => ({ json, canonical: canonicalJson(JSON.parse(json) as Json) })),
  };
}
