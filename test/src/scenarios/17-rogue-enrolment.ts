import assert from 'node:assert/strict';
import { checkClone } from './cloned-box.js';
import { checkSecrecy } from './key-secrecy.js';
import { checkRevocation, checkRevokedMinute } from './revoked-box.js';
import { checkForeignCertificates, checkReplayedClaim } from './rogue-claims.js';
import { openRogueWorld, type RogueWorld } from './rogue-world.js';
import type { Scenario } from './scenario.js';

const POWER_ON_LIMIT_MS = 300_000;

/** Boxes that are not what they say, and one that is. */
export const rogueEnrolment: Scenario<RogueWorld> = {
  number: 17,
  title: 'rogue enrolment',
  notThereYet: ['alarms to SIEM, mail and webhooks (alarms stand in the audit trail and the console)'],
  open: (say) => {
    say('  three boxes are switched on');
    return openRogueWorld();
  },
  steps: [
    {
      title: 'a genuine box goes from power-on to in sync by itself in under 5 minutes',
      run: async ({ genuineMs }, say) => {
        assert.ok(genuineMs < POWER_ON_LIMIT_MS);
        say(`${(genuineMs / 1000).toFixed(1)} s, three at once, with the making of tenant, site and application`);
      },
    },
    { title: 'a revoked box loses its connection within 2 s', run: checkRevocation },
    { title: 'a replayed claim is refused, named and its sender quarantined', run: checkReplayedClaim },
    { title: 'another box’s certificate opens nothing', run: checkForeignCertificates },
    { title: 'a cloned identity is quarantined with an alarm, and reads nothing', run: checkClone, timeoutMs: 180_000 },
    { title: 'uploaded keys are used, and lie nowhere in plaintext', run: checkSecrecy, timeoutMs: 120_000 },
    { title: 'a revoked box that comes back for 60 s gets 0 messages and has 0 accepted', run: checkRevokedMinute, timeoutMs: 120_000 },
  ],
  close: async ({ fixture, hammering }) => {
    await fixture.stop();
    await hammering;
  },
};
