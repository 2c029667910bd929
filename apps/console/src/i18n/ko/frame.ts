import type { frame as en } from '../en/frame.js';
import type { TextsLike } from '../../platform/i18n/texts.js';

/** Frame, navigation, search and signing in. */
export const frame: TextsLike<typeof en> = {
  brand: 'Phalanx',
  frame: {
    navigation: '메뉴',
    menu: '메뉴',
    skip: '본문으로 건너뛰기',
    tenant: '고객사',
    allTenants: '전체 고객사',
    language: '언어',
    light: '밝은 테마',
    dark: '어두운 테마',
    user: '{{name}} 계정으로 로그인됨',
    zone: '시각은 {{zone}} 기준',
    signOut: '로그아웃',
  },
  page: {
    fleet: '장비 현황',
    applications: '어플리케이션',
    events: '이벤트',
    policies: '정책',
    administration: '관리',
  },
  live: {
    off: '실시간 아님',
    connecting: '연결 중',
    open: '실시간',
    lost: '재연결 중',
    explain: {
      off: '이 화면은 자동으로 갱신되지 않습니다.',
      connecting: '컨트롤러의 실시간 알림에 연결하고 있습니다.',
      open: '변경 사항이 화면에 바로 나타납니다.',
      lost: '실시간 연결이 끊겼습니다. 보이는 내용이 최신이 아닐 수 있으며, 다시 연결하고 있습니다.',
    },
  },
  palette: {
    open: '검색',
    key: 'Ctrl K',
    placeholder: '메뉴, 장비, 어플리케이션으로 이동',
    pages: '메뉴',
    appliances: '장비',
    applications: '어플리케이션',
    nothing: '일치하는 이름이 없습니다.',
  },
  login: {
    title: '로그인',
    subtitle: '웹 방화벽 통합 관제',
    username: '사용자 이름',
    password: '비밀번호',
    showPassword: '비밀번호 표시 전환',
    submit: '로그인',
    failed: '로그인하지 못했습니다',
    wrong: '사용자 이름 또는 비밀번호가 올바르지 않습니다.',
    throttled: '로그인 실패가 너무 많습니다. {{wait}} 후에 다시 시도할 수 있습니다.',
    again: '이제 다시 시도할 수 있습니다.',
  },
  role: {
    owner: '소유자',
    operator: '운영자',
    analyst: '분석가',
    auditor: '감사자',
    'tenant-admin': '고객사 관리자',
    'tenant-viewer': '고객사 조회자',
  },
};
