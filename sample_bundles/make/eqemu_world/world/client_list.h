// The invented part of a world server that crashes: a list of clients with an entry that is already gone.
#pragma once
#include <map>
#include <string>

struct Client {
    int account_id = 0;
    int instance_version = 0;
    int GetInstanceVersion() const { return instance_version; }
};

class ClientList {
public:
    void Add(int id, Client *client) { clients_[id] = client; }
    Client *Find(int id) const;
    int CountInstances(const std::string &zone_name) const;

private:
    std::map<int, Client *> clients_;
};
