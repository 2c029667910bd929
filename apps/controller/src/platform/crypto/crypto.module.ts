import { Global, Module } from '@nestjs/common';
import type { ConfigOf } from '../config/config-slice.js';
import { platformConfig } from '../platform.config.js';
import { Envelope } from './envelope.js';
import { loadMasterKey } from './master-key.js';

@Global()
@Module({
  providers: [
    {
      provide: Envelope,
      inject: [platformConfig.token],
      useFactory: (config: ConfigOf<typeof platformConfig>) => new Envelope(loadMasterKey(config.PHALANX_HOME, config.PHALANX_MASTER_KEY)),
    },
  ],
  exports: [Envelope],
})
export class CryptoModule {}
