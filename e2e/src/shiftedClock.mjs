// A machine whose clock is ahead by COUNTERSIGN_CLOCK_AHEAD milliseconds: loaded before the program with --import.
const ahead = Number(process.env["COUNTERSIGN_CLOCK_AHEAD"]);
const now = Date.now;
Date.now = () => now() + ahead;
