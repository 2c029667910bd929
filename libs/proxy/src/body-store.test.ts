import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyStore } from './body-store.js';
import { PendingBytes } from './pending-bytes.js';

const pieces = fc.array(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.uint8Array({ minLength: 4_000, maxLength: 5_000 })), {
  maxLength: 30,
});

describe('a body that waits for its verdict', () => {
  it('is what was pushed, in memory or in a file, at once or in parts', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 60_000 }), fc.nat(70_000), (parts, memoryBytes, limit) => {
        const store = new BodyStore(memoryBytes);
        const early: Buffer[] = [];
        for (const part of parts) {
          store.push(Buffer.from(part));
          if (parts.length % 3 === 0) early.push(store.first(10));
        }
        const whole = Buffer.concat(parts);
        const read: Buffer[] = [];
        for (let piece = store.next(); piece !== null; piece = store.next()) read.push(piece);
        expect(Buffer.concat(read).equals(whole)).toBe(true);
        expect(store.first(limit).equals(whole.subarray(0, limit))).toBe(true);
        expect(early.every((start) => start.equals(whole.subarray(0, start.length)))).toBe(true);
        store.close();
      }),
      { numRuns: 200 },
    );
  });

  it('weighs little more than its bytes, however small the pieces are', () => {
    const store = new BodyStore(1_000_000);
    const slabs = Array.from({ length: 50 }, () => Buffer.alloc(65_536, 'x'));
    for (const slab of slabs) for (let at = 0; at < 1_000; at += 1) store.push(slab.subarray(at, at + 1));
    expect(store.first(50_000).length).toBe(50_000);
    const kept = store.next();
    expect(kept?.buffer.byteLength).toBeLessThan(60_000);
  });
});

describe('bytes that can not be used yet', () => {
  it('are what came, less what was consumed, and views of them never change', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), fc.nat(3_000)), { maxLength: 20 }), (steps) => {
        const pending = new PendingBytes();
        const views: [Buffer, Buffer][] = [];
        let expected = Buffer.alloc(0);
        for (const [chunk, consumed] of steps) {
          expected = Buffer.concat([expected, chunk]);
          const bytes = pending.join(Buffer.from(chunk));
          expect(bytes.equals(expected)).toBe(true);
          views.push([bytes, Buffer.from(bytes)]);
          const used = Math.min(consumed, bytes.length);
          pending.keep(bytes.subarray(used));
          expected = expected.subarray(used);
          expect(pending.view().equals(expected)).toBe(true);
        }
        for (const [view, copy] of views) expect(view.equals(copy)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('are not copied for each of many small messages', () => {
    const pending = new PendingBytes();
    pending.append(Buffer.alloc(60_000));
    const { buffer } = pending.view();
    for (let n = 0; n < 1_000; n += 1) pending.keep(pending.view().subarray(20));
    expect(pending.view().buffer).toBe(buffer);
  });
});
