import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toApiError } from '../../platform/api/api-error.js';
import { useErrorText } from '../../platform/components/use-error-text.js';
import { useFormat } from '../../platform/format/use-format.js';
import { useNow } from '../../platform/format/use-now.js';

/** Why signing in did not work. When it was held down, how much longer one has to wait. */
export function LoginProblem({ error }: { readonly error: unknown }): ReactNode {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { retryAfterSeconds, problem, status } = toApiError(error);
  return (
    <Alert role="alert" color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={t('login.failed')}>
      {retryAfterSeconds !== null ? (
        <Countdown key={problem?.requestId} seconds={retryAfterSeconds} />
      ) : (
        <Text size="sm">{status === 401 ? t('login.wrong') : describe(error)}</Text>
      )}
      {problem && status !== 401 && (
        <Text size="xs" mt={4}>
          {t('error.requestId', { id: problem.requestId })}
        </Text>
      )}
    </Alert>
  );
}

function Countdown({ seconds }: { readonly seconds: number }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [until] = useState(() => Date.now() + seconds * 1000);
  const left = Math.ceil((until - useNow(1_000)) / 1000);
  return <Text size="sm">{left > 0 ? t('login.throttled', { wait: format.duration(left) }) : t('login.again')}</Text>;
}
