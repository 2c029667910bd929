/**
 * The HTTP machinery of the engine: listeners, the HTTP/1.1 codec, HTTP/2 and TLS towards clients, client addresses, routing, origin pools.
 * It knows nothing of rules: inspection plugs in as a `Gate`. Invariants: the origin sees no byte of a request before the gate has passed its
 * head and, where it wants it, its body; what can be read in two ways is refused; an answer that the proxy makes itself leaves only after
 * `Gate.onEnd`; a request keeps the configuration it began with.
 */
export {
  PASS,
  type ApplicationRoute,
  type Block,
  type BodyBytes,
  type Endpoint,
  type Exchange,
  type Gate,
  type HeaderPair,
  type Judgement,
  type ListenerInfo,
  type MalformedRequest,
  type Outcome,
  type Refusal,
  type RequestHead,
  type ResponseHead,
  type Stage,
  type Verdict,
} from './gate.js';
export {
  DEFAULT_LIMITS,
  type ApplicationConfig,
  type BodyLimits,
  type CertificateEntry,
  type ClientAddressPolicy,
  type ListenerConfig,
  type ListenerTls,
  type Page,
  type ProxyConfig,
  type ProxyLimits,
  type TargetConfig,
  type UpstreamConfig,
  type UpstreamTls,
} from './config.js';
export type { ProxyHooks, ProxyServerOptions, ProxyStats, SharedSocket, SourceLedger, UpstreamStats } from './options.js';
export { PASS_ALL } from './pass-all.js';
export { ProxyServer } from './proxy-server.js';
