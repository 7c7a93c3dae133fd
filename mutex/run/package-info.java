/**
 * The commands lock and hold: a program runs while a lock is held, and is stopped before anybody else can enter. Its
 * own process: one thread for the lock, a supervisor outside the JVM for the program. Imports remote and text: it must
 * start fast.
 */
package mutex.run;
