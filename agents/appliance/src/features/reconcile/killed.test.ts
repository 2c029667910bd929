import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@phalanx/testing';
import { Killed } from '../../testing/memory-disk.js';
import { desired, pack, policy, ReconcileWorld } from '../../testing/reconcile-world.js';

const first = policy('1', 100);
const second = policy('2', 200);
const crs = pack('1');
let world = new ReconcileWorld();
afterEach(() => world.halt());

describe('killed at any moment', () => {
  /** How many things an undisturbed change does. */
  async function countEvents(): Promise<number> {
    let count = 0;
    world.boot(() => void count++);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second, pack('2')]));
    await world.applied(second, pack('2'));
    await world.halt();
    return count;
  }

  async function atFirst(): Promise<void> {
    world = new ReconcileWorld();
    await world.begin(first, crs);
    world.offer(second, pack('2'));
    await world.halt();
    world.done.length = 0;
  }

  it('the engine has the old or the new release, and no step that was finished is done again', async () => {
    await atFirst();
    const total = await countEvents();
    expect(total).toBeGreaterThan(60);
    const valid = { policy: [first, second], signatures: [crs, pack('2')] };
    for (let killAt = 1; killAt <= total; killAt++) {
      await atFirst();
      let seen = 0;
      let isDead = false;
      const kill = () => {
        isDead ||= ++seen >= killAt;
        if (isDead) throw new Killed();
      };
      try {
        world.boot(kill);
        world.link.announce(desired({ epoch: 1, generation: 2 }, [second, pack('2')]));
      } catch (error) {
        // Killed while it was still starting.
        expect(error).toBeInstanceOf(Killed);
      }
      await waitUntil('the kill', () => isDead || undefined, { timeoutMs: 3_000, intervalMs: 1 });
      await world.halt();
      for (const facet of ['policy', 'signatures'] as const)
        expect(valid[facet].map(({ target }) => target.sha256)).toContain(world.active(facet));
      const engineDiesToo = killAt % 3 === 0;
      if (engineDiesToo) world.engine.restart();
      world.boot();
      world.link.announce(desired({ epoch: 1, generation: 2 }, [second, pack('2')]));
      await world.applied(second, pack('2'));
      const times = (name: string) => world.done.filter((entry) => entry === name).length;
      expect([killAt, times('load staged') <= 2, times(`fetch ${second.target.path}`) <= 2]).toEqual([killAt, true, true]);
      // Only the step in which the kill fell may be seen twice.
      const repeated = [...new Set(world.done)].filter((name) => times(name) > 1);
      expect([killAt, repeated.length <= (engineDiesToo ? 2 : 1)]).toEqual([killAt, true]);
      await world.halt();
    }
  }, 60_000);
});
