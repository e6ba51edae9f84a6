/**
 * The last millisecond of the year 9999. A later one cannot be written as a date on every platform, and would stop whoever makes a table of it:
 * so no time beyond it is read from anywhere (rule E12).
 */
export const MAX_TIME = 253_402_300_799_999;
