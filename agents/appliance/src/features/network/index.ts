/**
 * Network: the packet engine of the box (facet `network`). Owns the tables `inet phalanx` and `netdev phalanx-mirror`, routes of protocol 188, the
 * interfaces, addresses and MTUs that it made, and the folder `network/` of the box's home.
 *
 * - One document becomes one transaction of nft, or nothing changes. Counters and blocks of the box's own outlive a change of rules.
 * - What is said to run is read back from the kernel.
 * - Never shut, whatever the policy: loopback, established connections, neighbour discovery, the peer of the pair, the applications' listeners (unless
 *   a rule of the operator's names them).
 */
export { startNetwork } from './start-network.js';
