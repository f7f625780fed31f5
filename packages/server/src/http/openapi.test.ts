import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { generatedDocs } from "../../scripts/generated-docs.ts";
import { renderOpenApi } from "../../scripts/render-openapi.ts";
import { routeGroups } from "./openapi.ts";

test.each(generatedDocs.map((doc) => [basename(doc.file.pathname), doc] as const))(
  "docs/%s is what the code says; else run npm run docs:generate",
  async (_name, { file, render }) => {
    expect(readFileSync(file, "utf8") === (await render())).toBe(true);
  },
);

interface Operation {
  tags?: string[];
  summary?: string;
  security?: Record<string, string[]>[];
  responses: Record<string, { description: string; content?: object }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, object> };
}

describe("OpenAPI", () => {
  let document: Document;
  let operations: [string, Operation][];
  beforeAll(async () => {
    document = JSON.parse(await renderOpenApi());
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  });

  test("is version 3.1 and names every route of the API", () => {
    expect(document.openapi).toBe("3.1.0");
    const names = operations.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "post /api/v1/auth/register",
        "post /api/v1/auth/login",
        "post /api/v1/auth/refresh",
        "post /api/v1/auth/logout",
        "post /api/v1/auth/prelogin",
        "post /api/v1/auth/password",
        "post /api/v1/auth/recover/start",
        "post /api/v1/auth/recover",
        "put /api/v1/auth/salt",
        "get /api/v1/account/keys",
        "put /api/v1/account/keys",
        "get /api/v1/account/export",
        "delete /api/v1/account",
        "post /api/v1/sync/upload",
        "get /api/v1/sync/download",
        "get /api/v1/sync/status",
        "post /api/v1/sync/{data_type}",
        "get /api/v1/sync/{data_type}",
        "post /api/v1/sync/{data_type}/delta",
        "get /api/v1/sync/{data_type}/delta",
        "get /api/v1/sync/{data_type}/deleted",
        "get /api/v1/sync/{data_type}/records/{record_id}/history",
        "put /api/v1/sync/{data_type}/proof",
        "get /api/v1/sync/events",
        "get /api/v1/devices",
        "delete /api/v1/devices/{device_id}",
        "get /health",
        "get /health/ready",
        "get /api/v1/config",
        "get /metrics",
        "get /api/v1/admin/stats",
      ]),
    );
  });

  test("every operation has a group, a summary, a success, and the errors any route may answer", () => {
    const groups = routeGroups.map((group) => group.name) as string[];
    for (const [name, { tags, summary, responses }] of operations) {
      expect(tags, name).toHaveLength(1);
      expect(groups, name).toContain(tags![0]);
      expect(summary, name).toMatch(/\S/);
      const statuses = Object.keys(responses);
      expect(
        statuses.filter((status) => status.startsWith("2")),
        name,
      ).toHaveLength(1);
      expect(statuses, name).toEqual(expect.arrayContaining(["500", "503", "507"]));
    }
  });

  test("what needs a token says which, and that it may be refused; the rest needs none", () => {
    const open =
      /^(get|post) (\/health|\/health\/ready|\/api\/v1\/config|\/api\/v1\/auth\/(register|login|refresh|prelogin|recover\/start))$/;
    for (const [name, { security, responses }] of operations) {
      if (open.test(name)) {
        expect(security, name).toBeUndefined();
        continue;
      }
      expect(Object.keys(responses), name).toContain("401");
      for (const scheme of (security ?? []).flatMap((one) => Object.keys(one))) {
        expect(document.components.securitySchemes, name).toHaveProperty(scheme);
      }
      expect(security, name).toHaveLength(1);
    }
  });

  test("documents errors as JSON, whatever a success is", () => {
    const errors = operations.flatMap(([name, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .map(([status, { content }]) => [`${name} ${status}`, Object.keys(content ?? {})]),
    );
    expect(errors.filter(([, types]) => String(types) !== "application/json")).toEqual([]);
  });
});
