#include "client_list.h"

Client *ClientList::Find(int id) const
{
    auto found = clients_.find(id);
    return found == clients_.end() ? nullptr : found->second;
}

int ClientList::CountInstances(const std::string &zone_name) const
{
    int total = 0;
    for (int id = 1; id <= 3; ++id) {
        // entry 3 was removed while its zone was booting
        total += Find(id)->GetInstanceVersion() + static_cast<int>(zone_name.size());
    }
    return total;
}
