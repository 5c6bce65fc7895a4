// Crashes on purpose and lets gdb print the stack, as a server's own crash handler does.
#include "client_list.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

void print_trace(int)
{
    static char pid[16], exe[512];
    std::snprintf(pid, sizeof pid, "%d", static_cast<int>(getpid()));
    exe[readlink("/proc/self/exe", exe, sizeof exe - 1)] = '\0';
    pid_t child = fork();
    if (child == 0) {
        execlp("gdb", "gdb", "--batch", "-n", "-ex", "thread", "-ex", "bt", exe, pid, nullptr);
        _exit(127);
    }
    waitpid(child, nullptr, 0);
    _exit(1);
}

int HandleZoneBoot(ClientList &list, const std::string &zone_name)
{
    return list.CountInstances(zone_name);
}

int main()
{
    std::signal(SIGSEGV, print_trace);
    Client first, second;
    ClientList list;
    list.Add(1, &first);
    list.Add(2, &second);
    return HandleZoneBoot(list, "qeynos2");
}
