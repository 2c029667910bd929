import { readlinkSync } from 'node:fs';
import { readBootId } from '../../../platform/box-identity.js';

/** Names the life of what the kernel keeps for this box: its boot, and the network namespace that it lives in. */
export function readBoxRun(): string {
  return `${readBootId()} ${readlinkSync('/proc/self/ns/net')}`;
}
