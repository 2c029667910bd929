import { Controller } from '@nestjs/common';
import type { NetworkWriteResult } from '@phalanx/contracts';
import type { FastifyReply } from 'fastify';
import { toPage } from '../../platform/http/cursor.js';
import type { InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import * as spec from './network.endpoints.js';
import { networkViewOf } from './network.repository.js';
import { NetworkService } from './network.service.js';
import { NetworkWriter } from './network-writer.js';

/** Routes of the network policies of clusters. */
@Controller()
export class NetworkController {
  constructor(
    private readonly networks: NetworkService,
    private readonly writer: NetworkWriter,
  ) {}

  @Route(spec.GET)
  get(@Input() { params }: InputOf<typeof spec.GET>) {
    return this.networks.get(params.id);
  }

  @Route(spec.PUT)
  async put(@Input() { params, query, body, ifMatch, reply }: InputOf<typeof spec.PUT>): Promise<NetworkWriteResult> {
    return tagged(reply, await this.writer.write(params.id, { ...body, expectedVersion: ifMatch, dryRun: query.dryRun === 'true' }));
  }

  @Route(spec.TAKE_AWAY)
  takeAway(@Input() { params, ifMatch }: InputOf<typeof spec.TAKE_AWAY>) {
    return this.writer.takeAway(params.id, ifMatch);
  }

  @Route(spec.VERSIONS)
  async versions(@Input() { params, query }: InputOf<typeof spec.VERSIONS>) {
    return toPage(await this.networks.versions(params.id, query), query.limit, networkViewOf, (row) => [row.version]);
  }

  @Route(spec.REVERT)
  async revert(@Input() { params, body, ifMatch, reply }: InputOf<typeof spec.REVERT>): Promise<NetworkWriteResult> {
    return tagged(reply, await this.writer.revert(params.id, ifMatch, body.version, body.comment));
  }
}

/** The entity tag of what was written, which stands one level down in this answer. */
function tagged(reply: FastifyReply, result: NetworkWriteResult): NetworkWriteResult {
  if (result.network) void reply.header('etag', `"${result.network.revision}"`);
  return result;
}
