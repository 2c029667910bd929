/** How this controller reaches its broker, with which certificate. */
export interface BrokerCredentials {
  readonly host: string;
  readonly port: number;
  /** Trust anchor of the broker's certificate. */
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Implemented by the broker feature. Asked before every connection, so that renewed certificates and moved ports are picked up. */
export abstract class BrokerAccess {
  abstract credentials(): Promise<BrokerCredentials>;
}
