/** An address and port. */
interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What inspection needs to know of an exchange. The proxy's `Exchange` has this shape; text is one character per byte. */
export interface ExchangeFacts {
  readonly requestId: string;
  readonly client: Endpoint;
  readonly peer: Endpoint;
  readonly listener: Endpoint;
  readonly application: { readonly id: string } | null;
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly path: string;
    readonly query: string;
    readonly protocol: string;
    readonly host: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
}

/** The head of an origin's answer. */
export interface ResponseFacts {
  readonly status: number;
  readonly protocol: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}
