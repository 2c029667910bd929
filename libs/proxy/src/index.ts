export {
  PASS,
  type ApplicationRoute,
  type Block,
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
export type { ProxyHooks, ProxyServerOptions, ProxyStats, SourceLedger, UpstreamStats } from './options.js';
export { PASS_ALL } from './pass-all.js';
export { ProxyServer } from './proxy-server.js';
