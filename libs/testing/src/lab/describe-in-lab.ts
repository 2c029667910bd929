import type { describe as jestDescribe } from '@jest/globals';
import { AppError } from '@phalanx/kit';
import { labReason } from './lab-reason.js';

/** `describe` for tests that need the test network: skips with the printed reason where there can be none, and fails instead in CI. For Jest only. */
export function describeInLab(title: string, define: () => void): void {
  const { describe } = globalThis as unknown as { describe?: typeof jestDescribe };
  if (!describe) throw new AppError('bug', 'lab.no-jest', 'describeInLab is for tests that Jest runs');
  const reason = labReason();
  if (reason === null) return describe(title, define);
  if (process.env['CI']) throw new AppError('unavailable', 'lab.refused', `${title}: ${reason}; in CI nothing is skipped`);
  console.log(`skipped: ${title}: ${reason}`);
  describe.skip(title, define);
}
