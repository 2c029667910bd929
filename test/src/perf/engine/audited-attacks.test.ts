import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auditedAttacks, endOf } from './audited-attacks.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phalanx-audited-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(action: string, status: number, attack?: string): string {
  return `${JSON.stringify({ action, status, headers: attack === undefined ? {} : { 'X-Attack': attack } })}\n`;
}

describe('attacks in the audit file', () => {
  it('are counted from where the run began, each number once', () => {
    const file = join(folder, 'audit.ndjson');
    appendFileSync(file, line('block', 403, '1'));
    const from = endOf(file);
    appendFileSync(file, line('block', 403, '1') + line('block', 403, '2') + line('block', 403, '2'));
    expect(auditedAttacks(file, from)).toEqual({ blocked: 3, distinct: 2, others: 0 });
  });

  it('are refusals of numbered requests only', () => {
    const file = join(folder, 'audit.ndjson');
    appendFileSync(file, line('pass', 200, '1') + line('block', 413, '2') + line('block', 403));
    expect(auditedAttacks(file, 0)).toEqual({ blocked: 0, distinct: 0, others: 3 });
  });
});
