import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from '@phalanx/kit';
import { FEATURES } from './composition.js';
import { ConfigModule } from './platform/config/config.module.js';
import { platformConfig } from './platform/platform.config.js';
import { PlatformModule } from './platform/platform.module.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { Roles } from './platform/roles.js';

/** Every configuration slice of the program, for parsing and for the reference. */
export const CONFIG_SLICES = [platformConfig, ...FEATURES.flatMap((feature) => feature.config ?? [])];

@Module({})
export class AppModule {
  /** The program with these roles, over this environment. */
  static with(roles: Roles, environment: NodeJS.ProcessEnv, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        ConfigModule.forSlices(CONFIG_SLICES, environment),
        PlatformModule.with(logger),
        QueueModule.with({ takesJobs: roles.has('worker') }),
        ...FEATURES.map((feature) => feature.module),
      ],
      providers: [{ provide: Roles, useValue: roles }],
      exports: [Roles],
    };
  }
}
