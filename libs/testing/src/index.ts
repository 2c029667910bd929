export { crsPack, debianCrs, type CrsSource } from './demo/crs-pack.js';
export { describeInLab } from './lab/describe-in-lab.js';
export { LabHost, type JoinOptions } from './lab/lab-host.js';
export { LabLink } from './lab/lab-link.js';
export type { PacketKind } from './lab/link-faults.js';
export type { HostChildOptions } from './lab/lab-namespace.js';
export { labReason } from './lab/lab-reason.js';
export { LabSegment } from './lab/lab-segment.js';
export { Lab } from './lab/lab.js';
export { FrameCapture, sendFrames } from './lab/packet-socket.js';
export {
  addressBytes,
  ethernet,
  icmp,
  icmpv6,
  IPV6_FRAGMENT,
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Fragment,
  tcp,
  udp,
  type Ends,
  type Ipv4Fields,
  type TcpFields,
  type TcpFlag,
} from './lab/packets.js';
export { RecordingOrigin, type OriginOptions, type OriginRequest } from './lab/recording-origin.js';
export { monotonicMs, SteadyClient, steadyReport, type SteadyReport } from './lab/steady-client.js';
export type { SteadyOptions, SteadyOutcome } from './lab/steady-options.js';
export { freePort } from './net/free-port.js';
export { isPortFree } from './net/is-port-free.js';
export { loopbackApplication, loopbackPolicy } from './policy/loopback-policy.js';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/postgres-server.js';
export { Child, type ChildOptions } from './processes/child.js';
export { shiftedClock } from './processes/shifted-clock.js';
export { Supervised, type SupervisedOptions } from './processes/supervised.js';
export { waitUntil, type WaitOptions } from './processes/wait-until.js';
export { RestClient, type RestAnswer } from './rest/rest-client.js';
export { createShop } from './shop/shop-server.js';
export { CATALOGUE, type Product } from './shop/catalogue.js';
export { Box, type BoxOptions } from './stack/box.js';
export {
  enrolBox,
  provisionPair,
  waitWhole,
  writePair,
  type PairMemberPlace,
  type PairOptions,
  type ProvisionedMember,
  type ProvisionedPair,
} from './stack/provision-pair.js';
export { provisionBox, publishCrs, setLevel, waitInSync, type ProvisionedBox, type ProvisionOptions } from './stack/provision.js';
export { builtProgram, repositoryRoot, sharedData } from './stack/repo.js';
export { Stack, type StackOptions } from './stack/stack.js';
export { flood, type FloodOptions, type FloodResult } from './traffic/flood.js';
export { ATTACKS, LEGITIMATE, type TrafficRequest } from './traffic/requests.js';
export { exchange, Traffic, type TrafficOptions, type TrafficOutcome, type TrafficTarget } from './traffic/traffic.js';
