/**
 * Ha: the box's part in its pair. The `ha` facet's document becomes a plan that a small process of its own, the keeper (`keeper/`), carries out:
 * it drives keepalived and conntrackd, watches both, and outlives the agent.
 *
 * Owns `home.ha`, the table `inet phalanx_ha`, the pair's virtual addresses on this box, and the daemons' processes; and
 * `net.*.ip_nonlocal_bind` of a box whose network is its own.
 *
 * - Virtual addresses are on the box only while its daemon is master (and, during a planned failover, until the peer has announced them).
 * - VRRP and connection-sync packets are taken from the signed peer alone.
 * - The agent's end changes nothing: the keeper goes on, tells of transitions through the spool, and is found again.
 *
 * `reconcile` drives it through `driver` and reports `status()`.
 */
export { startHa } from './start-ha.js';
