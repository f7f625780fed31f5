// What the compiler leaves out: the migrations and the dump of the schema.
import { cpSync } from "node:fs";

const from = (path) => new URL(`../src/db/${path}`, import.meta.url);
const to = (path) => new URL(`../dist/db/${path}`, import.meta.url);
cpSync(from("migrations"), to("migrations"), { recursive: true });
cpSync(from("schema.sql"), to("schema.sql"));
