// What the dashboard uses of uPlot, for the type check only.
export type Column = readonly (number | null)[];
export type Paint = string | CanvasGradient | ((u: uPlot, index: number) => string | CanvasGradient);
export interface Scale {
  time?: boolean;
  distr?: 1 | 3;
  range?: [number, number] | ((u: uPlot, min: number | null, max: number | null) => [number, number]);
  min?: number;
  max?: number;
}
export interface Series {
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
export interface Axis {
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
export interface Options {
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
export interface Select { left: number; top: number; width: number; height: number }
export default class uPlot {
  constructor(options: Options, data: readonly Column[], parent: HTMLElement);
  static sync(key: string): object;
  readonly over: HTMLElement;
  readonly root: HTMLElement;
  readonly ctx: CanvasRenderingContext2D;
  readonly bbox: Select;
  readonly select: Select;
  readonly cursor: { idx: number | null; left: number; top: number };
  readonly scales: Record<string, { min: number; max: number }>;
  readonly data: readonly Column[];
  setData(data: readonly Column[], resetScales?: boolean): void;
  setSize(size: { width: number; height: number }): void;
  setScale(key: string, range: { min: number; max: number }): void;
  setCursor(at: { left: number; top: number }, fire?: boolean, publish?: boolean): void;
  setSelect(select: Select, fire?: boolean): void;
  redraw(rebuildPaths?: boolean, recalcAxes?: boolean): void;
  valToPos(value: number, scale: string, canvas?: boolean): number;
  posToVal(position: number, scale: string, canvas?: boolean): number;
  destroy(): void;
}
