import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './platform/theme/global.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { ApiClient } from './platform/api/api-client.js';
import { ApiProvider } from './platform/api/api-context.js';
import { createQueryClient } from './platform/api/query-client.js';
import { SESSION_KEY } from './platform/api/session.js';
import { startI18n } from './platform/i18n/i18n.js';
import { chooseLanguage, rememberedLanguage } from './platform/i18n/language.js';
import { resolveVariables, theme } from './platform/theme/theme.js';
import { createConsoleRouter } from './router.js';

const PRELOAD_AFTER_MS = 2_000;

async function start(): Promise<void> {
  const api = new ApiClient();
  const queries = createQueryClient();
  const router = createConsoleRouter({ api, queries });
  api.onSignedOut = () => {
    queries.setQueryData(SESSION_KEY, null);
    void router.invalidate();
  };
  const i18n = await startI18n(chooseLanguage(rememberedLanguage(localStorage), navigator.languages));
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
          <Notifications position="bottom-right" limit={4} />
          <QueryClientProvider client={queries}>
            <ApiProvider value={api}>
              <RouterProvider router={router} />
            </ApiProvider>
          </QueryClientProvider>
        </MantineProvider>
      </I18nextProvider>
    </StrictMode>,
  );
  // Every page's code is fetched once the first one stands: a controller that is away for a moment must not keep one from moving between pages.
  setTimeout(() => {
    for (const route of Object.values(router.routesById)) void Promise.resolve(router.loadRouteChunk(route)).catch(() => undefined);
  }, PRELOAD_AFTER_MS);
}

void start();
