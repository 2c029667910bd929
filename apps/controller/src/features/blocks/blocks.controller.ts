import { Controller } from '@nestjs/common';
import {
  blockCreateResultSchema,
  blockCreateSchema,
  blockProofViewSchema,
  blockQuerySchema,
  blockReleaseQuerySchema,
  blockReleaseSchema,
  blockReleaseViewSchema,
  blockViewSchema,
  boxBlockQuerySchema,
  boxBlockViewSchema,
  idParamSchema,
  pageSchema,
} from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { BlockReader } from './block-reader.js';
import { BlockWriter } from './block-writer.js';

const PATH = '/api/v1/blocks';
/** Fifty thousand addresses of IPv6 in full length. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Addresses that operators block, newest first',
  permission: 'fleet:read',
  query: blockQuerySchema,
  answer: pageSchema(blockViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Blocks addresses at the packet engine of the boxes of a cluster, a tenant, or all tenants of the caller',
  permission: 'block:write',
  body: blockCreateSchema,
  answer: blockCreateResultSchema,
  status: 201,
  bodyLimitBytes: BODY_LIMIT_BYTES,
});
const RELEASE = endpoint({
  method: 'POST',
  path: `${PATH}/release`,
  summary: 'Lifts an address on every box of a tenant, also where boxes block it by themselves, and keeps it free for a while',
  permission: 'block:write',
  body: blockReleaseSchema,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One block',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: blockViewSchema,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Takes a block back',
  permission: 'block:write',
  params: idParamSchema,
});
const PROOF = endpoint({
  method: 'GET',
  path: `${PATH}/:id/proof`,
  summary: 'Which boxes have the address in their kernel, as read back',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: blockProofViewSchema,
});
const RELEASES = endpoint({
  method: 'GET',
  path: '/api/v1/block-releases',
  summary: 'Addresses that must stay free now',
  permission: 'fleet:read',
  query: blockReleaseQuerySchema,
  answer: pageSchema(blockReleaseViewSchema),
});
const BOX_BLOCKS = endpoint({
  method: 'GET',
  path: '/api/v1/box-blocks',
  summary: 'Addresses that boxes block by their own judgement, as of their last heartbeats',
  permission: 'fleet:read',
  query: boxBlockQuerySchema,
  answer: pageSchema(boxBlockViewSchema),
});

/** Routes of blocked addresses. */
@Controller()
export class BlocksController {
  constructor(
    private readonly reader: BlockReader,
    private readonly writer: BlockWriter,
  ) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.reader.list(query);
  }

  @Route(CREATE)
  create(@Input() { body }: InputOf<typeof CREATE>) {
    return this.writer.create(body);
  }

  @Route(RELEASE)
  release(@Input() { body }: InputOf<typeof RELEASE>) {
    return this.writer.release(body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.reader.get(params.id);
  }

  @Route(REMOVE)
  remove(@Input() { params }: InputOf<typeof REMOVE>) {
    return this.writer.remove(params.id);
  }

  @Route(PROOF)
  proof(@Input() { params }: InputOf<typeof PROOF>) {
    return this.reader.proof(params.id);
  }

  @Route(RELEASES)
  released(@Input() { query }: InputOf<typeof RELEASES>) {
    return this.reader.released(query);
  }

  @Route(BOX_BLOCKS)
  boxBlocks(@Input() { query }: InputOf<typeof BOX_BLOCKS>) {
    return this.reader.boxBlocks(query);
  }
}
