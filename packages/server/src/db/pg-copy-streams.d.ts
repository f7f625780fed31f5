/** The package ships no types; this is the part of it we use. */
declare module "pg-copy-streams" {
  import type { Readable, Writable } from "node:stream";
  import type { Connection, Submittable } from "pg";

  class CopyStreamQuery extends Writable implements Submittable {
    submit(connection: Connection): void;
    /** Known when the stream has finished. */
    rowCount: number;
  }
  class CopyToStreamQuery extends Readable implements Submittable {
    submit(connection: Connection): void;
    rowCount: number;
  }
  /** `copy … from stdin` */
  export function from(sql: string): CopyStreamQuery;
  /** `copy … to stdout` */
  export function to(sql: string): CopyToStreamQuery;
}
