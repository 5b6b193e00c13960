// The shapes of the API (docs/http.md) and of the page's own state, for the type check only; not served.

/** A figure that may not be known. */
type Figure = number | null;

/** One step of time: a slice of the live window, or a point of /metrics/series. */
interface Step {
  timestamp: string;
  seconds?: number;
  requests: number;
  rate: number;
  errors: number;
  client_errors?: number;
  error_rate: Figure;
  avg: Figure;
  p50: Figure;
  p95: Figure;
  p99: Figure;
  buckets: [number, number][];
}

interface EndpointFigures {
  endpoint: string;
  requests: number;
  errors?: number;
  client_errors?: number;
  rate?: Figure;
  error_rate: Figure;
  time_share?: Figure;
  avg?: Figure;
  p50?: Figure;
  p95?: Figure;
  p99?: Figure;
  avg_response_time?: Figure;
  p50_response_time?: Figure;
  p95_response_time?: Figure;
  p99_response_time?: Figure;
  max_response_time?: Figure;
  exceptions?: number;
  timeouts?: number;
  client_aborts?: number;
  streams?: number;
  sparkline?: number[];
}

interface SlowRequest {
  endpoint: string;
  duration_ms: number;
  timestamp: string;
  path?: string | null;
  status: number | null;
  outcome: string;
  user_id?: string | null;
  service?: string;
  instance?: string;
}

interface StoredRequest {
  timestamp: string;
  endpoint: string;
  method: string;
  route: string;
  status: number | null;
  outcome: string;
  stream: boolean;
  duration_ms: number;
  duration_ns: number;
  user_id: string | null;
  service: string;
  instance: string;
}

interface Alert {
  timestamp: string;
  kind: string;
  endpoint?: string | null;
  observed_ms?: number;
  baseline_ms?: number;
  threshold_ms?: number;
  requests?: number;
  samples?: SlowRequest[];
  check?: string;
  from?: string;
  to?: string;
  message?: string | null;
  response_time_ms?: number | null;
  turns?: number;
  service?: string;
  raised_by?: string;
  details?: { observed_ms?: number; baseline_ms?: number; threshold_ms?: number; requests?: number; samples?: SlowRequest[] };
}

interface Check {
  status: string;
  since: string | null;
  observed?: string | null;
  message: string | null;
  response_time_ms: number | null;
  checked_at: string | null;
  stale?: boolean;
  critical?: boolean;
  details?: Record<string, unknown> | null;
}

interface Health {
  status: string;
  timestamp?: string;
  service?: string;
  instance?: string;
  checks?: Record<string, Check>;
}

interface Transition {
  timestamp: string;
  from: string;
  to: string;
  message: string | null;
  response_time_ms: number | null;
}

interface CheckHistory {
  check: string;
  service: string;
  instance: string;
  uptime: Figure;
  seconds: Record<string, number>;
  transition_count: number;
  transitions: Transition[];
}

interface Ledger {
  seen: number;
  stored: number;
  pending: number;
  dropped: Record<string, number>;
}

interface Frame {
  id: string;
  full: boolean;
  timestamp: string;
  seconds: number;
  service: string;
  instance: string;
  requests: number;
  errors: number;
  rate: number;
  error_rate: Figure;
  in_flight: number;
  total_requests: number;
  window: { seconds: number; full_seconds: number; slice_seconds: number; requests: number; error_rate: Figure; avg: Figure; p50: Figure; p95: Figure; p99: Figure };
  percentile_relative_error: number;
  bucket_scale: number;
  slices?: Step[];
  endpoints?: EndpointFigures[];
  slow?: SlowRequest[];
  alerts?: Alert[];
  health?: Health;
  ledger?: Ledger;
  lag_seconds?: Figure;
}

/** What the page knows from all frames together. */
interface Live {
  frame: Frame;
  slices: Map<number, Step>;
  endpoints: Map<string, EndpointFigures>;
  silent: boolean;
  slow: SlowRequest[];
  alerts: Alert[];
  health: Health | null;
  ledger: Ledger | null;
}

interface Connection {
  state: 'connecting' | 'connected' | 'reconnecting' | 'refused';
  transport: 'websocket' | 'event-stream' | 'polling' | 'off';
  /** Since when it is in this state, in ms since 1970. */
  since: number;
  /** When the last frame came, in ms since 1970. */
  frameAt: number;
  problem: Problem | null;
}

interface Problem {
  status: number;
  title: string;
  detail: string;
}

interface Instance {
  service: string;
  instance: string;
  version: string;
  started_at: string;
  alive: boolean;
  ended: boolean;
  last_seen: string;
  lag_seconds: number;
  seen: number;
  stored: number;
  pending: number;
  dropped: Record<string, number> | number;
}

/** An answer of the API: its address, its body as received, and what that says. */
interface Answer<T> {
  url: string;
  text: string;
  data: T;
}

interface Loaded<T> {
  answer: Answer<T> | null;
  problem: Problem | null;
}

/** What the address says: which page, which range, whose figures. */
interface View {
  panel: string;
  endpoint: string;
  range: string;
  from: number;
  to: number;
  compare: boolean;
  service: string;
  instance: string;
  sort: string;
  filter: string;
  select: Region | null;
  check: string;
}

/** A rectangle of the heatmap: a stretch of time and of duration. */
interface Region {
  from: number;
  to: number;
  min: number;
  max: number;
}

interface Span {
  from: number;
  to: number;
}

/** Figures over time, from the live window or from the store alike. */
interface Timeline {
  span: Span;
  stepMs: number;
  scale: number;
  /** By how much percentiles may be off, as a share. */
  bound: number;
  steps: Step[];
  /** The middle of each step, or of what has passed of it, in seconds since 1970. */
  xs: number[];
}

interface Column<R> {
  name: string;
  title: import('./vendor/preact.js').Child;
  /** What is shown. */
  cell: (row: R) => import('./vendor/preact.js').Child;
  /** The raw value: sorted by, and given to tests. */
  value?: (row: R) => number | string | null;
  numeric?: boolean;
  sortable?: boolean;
  /** Left out on narrow screens. */
  minor?: boolean;
  hint?: string;
}

/** What the dashboard uses of uPlot, which vendor/uplot.js defines. */
declare namespace uPlot {
  type Column = readonly (number | null)[];
  type Paint = string | CanvasGradient | ((u: uPlot, index: number) => string | CanvasGradient);
  interface Scale {
    time?: boolean;
    distr?: 1 | 3;
    range?: [number, number] | ((u: uPlot, min: number | null, max: number | null) => [number, number]);
    min?: number;
    max?: number;
  }
  interface Series {
    label?: string;
    scale?: string;
    stroke?: Paint;
    fill?: Paint;
    width?: number;
    dash?: number[];
    spanGaps?: boolean;
    points?: { show?: boolean; size?: number; fill?: Paint };
    show?: boolean;
  }
  interface Axis {
    scale?: string;
    side?: 0 | 1 | 2 | 3;
    size?: number;
    gap?: number;
    space?: number;
    font?: string;
    stroke?: Paint;
    grid?: { show?: boolean; stroke?: Paint; width?: number };
    ticks?: { show?: boolean; stroke?: Paint; width?: number; size?: number };
    splits?: (u: uPlot, axis: number, min: number, max: number, incr: number, space: number) => number[];
    filter?: (u: uPlot, splits: number[]) => (number | null)[];
    values?: (u: uPlot, splits: (number | null)[]) => string[];
    incrs?: number[];
  }
  interface Options {
    width: number;
    height: number;
    padding?: (number | null)[];
    legend?: { show: boolean };
    cursor?: object;
    select?: object;
    scales?: Record<string, Scale>;
    series: Series[];
    axes?: Axis[];
    hooks?: Record<string, ((u: uPlot, ...rest: any[]) => void)[]>;
  }
  interface Select { left: number; top: number; width: number; height: number }
}

declare class uPlot {
  constructor(options: uPlot.Options, data: readonly uPlot.Column[], parent: HTMLElement);
  static sync(key: string): object;
  readonly over: HTMLElement;
  readonly root: HTMLElement;
  readonly ctx: CanvasRenderingContext2D;
  readonly bbox: uPlot.Select;
  readonly select: uPlot.Select;
  readonly cursor: { idx: number | null; left: number; top: number };
  readonly scales: Record<string, { min: number; max: number }>;
  readonly data: readonly uPlot.Column[];
  setData(data: readonly uPlot.Column[], resetScales?: boolean): void;
  setSize(size: { width: number; height: number }): void;
  setScale(key: string, range: { min: number; max: number }): void;
  setCursor(at: { left: number; top: number }, fire?: boolean, publish?: boolean): void;
  setSelect(select: uPlot.Select, fire?: boolean): void;
  redraw(rebuildPaths?: boolean, recalcAxes?: boolean): void;
  valToPos(value: number, scale: string, canvas?: boolean): number;
  posToVal(position: number, scale: string, canvas?: boolean): number;
  destroy(): void;
}
