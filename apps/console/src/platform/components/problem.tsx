import { Alert, Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { toApiError } from '../api/api-error.js';
import { useErrorText } from './use-error-text.js';

interface Props {
  readonly error: unknown;
  /** What was tried, so that the reader knows what did not happen. */
  readonly what: string;
  readonly onRetry?: () => void;
}

/** A failure in words: what happened, what was not done, what to do, and the request's id. */
export function ProblemAlert({ error, what, onRetry }: Props): ReactNode {
  const { t } = useTranslation();
  const describe = useErrorText();
  const apiError = toApiError(error);
  const requestId = apiError.problem?.requestId;
  const issues = apiError.problem?.issues ?? [];
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      icon={<IconAlertTriangle aria-hidden />}
      title={what}
      style={{ background: 'var(--surface-raised)' }}
    >
      <Stack gap="xs">
        <Text size="sm">{describe(error)}</Text>
        {issues.length > 0 && (
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {issues.map((issue) => (
              <li key={`${issue.path} ${issue.message}`}>
                <span className="mono">{issue.path}</span> {issue.message}
              </li>
            ))}
          </ul>
        )}
        <Group gap="sm">
          {onRetry && (
            <Button size="xs" variant="default" onClick={onRetry}>
              {t('action.retry')}
            </Button>
          )}
          {requestId && (
            <CopyButton value={requestId}>
              {({ copied, copy }) => (
                <Button size="xs" variant="subtle" onClick={copy}>
                  {copied ? t('action.copied') : t('error.requestId', { id: requestId })}
                </Button>
              )}
            </CopyButton>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
