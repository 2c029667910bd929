import { describe, expect, it } from '@jest/globals';
import { monotonicMs } from '../process-identity.js';
import { SpoolSpace } from './spool-space.js';

/** Of a limit of 4,000 bytes a quarter is kept in reserve. */
const LIMIT = 4_000;
const USABLE = 3_000;

describe('the room of one writer', () => {
  it('is its part of what the last measurement left', () => {
    const space = new SpoolSpace(LIMIT, 2);
    space.measured({ atMs: monotonicMs(), bytes: 1_000, files: 1 });
    expect([space.hasRoom(1_000), space.hasRoom(1_001)]).toEqual([true, false]);
  });

  it('holds what was added after a measurement was taken against it, however late it arrives', () => {
    const space = new SpoolSpace(LIMIT, 1);
    const takenBefore = monotonicMs();
    space.added(USABLE);
    space.measured({ atMs: takenBefore, bytes: 0, files: 0 });
    expect(space.hasRoom(1)).toBe(false);
    space.measured({ atMs: monotonicMs() + 1, bytes: 0, files: 0 });
    expect(space.hasRoom(USABLE)).toBe(true);
  });

  it('does not take an older measurement for the truth', () => {
    const space = new SpoolSpace(LIMIT, 1);
    space.measured({ atMs: 20, bytes: USABLE, files: 2 });
    space.measured({ atMs: 10, bytes: 0, files: 0 });
    expect([space.hasRoom(1), space.files]).toEqual([false, 2]);
  });
});
