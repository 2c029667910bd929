import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import type { SessionView } from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { ApiError } from '../../platform/api/api-error.js';
import { SESSION_KEY } from '../../platform/api/session.js';
import { LanguageMenu } from '../../platform/frame/language-menu.js';
import { SchemeToggle } from '../../platform/frame/scheme-toggle.js';
import { LoginProblem } from './login-problem.js';
import { safeNext } from './safe-next.js';
import classes from './login-page.module.css';

/** Signs in, then goes where the caller wanted to. */
export function LoginPage(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/login' });
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => api.post<SessionView>('/session', { username, password }),
    onSuccess: (session) => {
      api.csrfToken = session.csrfToken;
      queries.setQueryData(SESSION_KEY, session);
      router.history.push(safeNext(next));
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) setPassword('');
    },
  });
  useEffect(() => {
    document.title = `${t('login.title')} · Phalanx`;
  }, [t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <main className={classes['page']}>
      <div className={classes['corner']}>
        <Group gap={4}>
          <LanguageMenu />
          <SchemeToggle />
        </Group>
      </div>
      <form className={`panel ${classes['form']}`} onSubmit={submit}>
        <Stack gap="md">
          <Group gap="sm">
            <img src="/favicon.svg" alt="" width={32} height={32} />
            <div>
              <Title order={1}>{t('brand')}</Title>
              <Text size="sm" c="dimmed">
                {t('login.subtitle')}
              </Text>
            </div>
          </Group>
          {signIn.error && <LoginProblem error={signIn.error} />}
          <TextInput
            label={t('login.username')}
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('login.password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            {t('login.submit')}
          </Button>
        </Stack>
      </form>
    </main>
  );
}
