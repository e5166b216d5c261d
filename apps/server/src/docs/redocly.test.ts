import { readFile } from 'node:fs/promises';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { beforeAll, expect, it } from 'vitest';
import { committedDocument } from './committed-document.ts';

let document: string;
beforeAll(async () => {
  document = await readFile(committedDocument, 'utf8');
});

async function lint(source: string) {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: committedDocument, config });
  return problems.map(({ ruleId, message, location: [where] }) => `${ruleId} at ${where?.pointer}: ${message}`);
}

/** The paths are the seed's: a server that tries the literal before the parameter, as OpenAPI asks, tells them apart. */
const isSeedPath = (problem: string) =>
  problem.startsWith('no-ambiguous-paths') && problem.includes('`/tasks/team/{team_id}` and `/tasks/{task_id}/');

it("passes Redocly's recommended rules without a warning", async () => {
  const problems = await lint(document);
  expect(problems.filter((problem) => !isSeedPath(problem))).toEqual([]);
});

it('is really read by the rules', async () => {
  const problems = await lint(document.replace('"operationId": "tasks.list"', '"x-id": "tasks.list"'));
  expect(problems).toContainEqual(expect.stringContaining('operation-operationId'));
});
