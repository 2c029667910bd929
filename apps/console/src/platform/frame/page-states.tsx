import { Button, Skeleton, Stack } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../components/anchor-link.js';
import { Empty } from '../components/empty.js';
import { ProblemAlert } from '../components/problem.js';

/** Stands where a page's own code is still on its way. */
export function PageLoading(): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack p="lg" role="status" aria-label={t('state.loading')}>
      <Skeleton height={28} width={240} />
      <Skeleton height={16} width="60%" />
      <Skeleton height={240} />
    </Stack>
  );
}

/** Stands where a page could not be shown at all. */
export function PageFailed({ error, reset }: ErrorComponentProps): ReactNode {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Stack p="lg" maw={720}>
      <ProblemAlert error={error} what={t('error.pageFailed')} onRetry={retry} />
      <Button variant="subtle" w="fit-content" onClick={() => location.reload()}>
        {t('action.reload')}
      </Button>
    </Stack>
  );
}

/** Stands where an address leads nowhere. */
export function NotFound(): ReactNode {
  const { t } = useTranslation();
  return <Empty title={t('error.noPage')} next={<AnchorLink to="/fleet">{t('error.toFleet')}</AnchorLink>} />;
}
